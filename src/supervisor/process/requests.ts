/** The requests of clients, one at a time: each is carried out, then recorded for the next supervisor. */
import { Mutex } from '../../mutex.ts'
import type { Log } from './log.ts'
import { type StateWriter, type SupervisorState, stateWriter } from './recorded-requests.ts'

interface RequestsOptions {
  /** Where they are recorded. */
  path: string
  /** What an earlier supervisor recorded. */
  state: SupervisorState
  log: Log
  /** DHCP leases of this moment, recorded with every request. */
  leases: () => unknown
  /** Keeps what others find this supervisor and its VM by. */
  show: (state: SupervisorState) => Promise<void>
  /** False when the state directory was removed: nothing is kept then, or it would be made again. */
  keeps: () => boolean
}

export class Requests implements Disposable {
  readonly #options: RequestsOptions
  readonly #writer: StateWriter
  readonly #turns = new Mutex()
  #state: SupervisorState

  constructor(options: RequestsOptions) {
    this.#options = options
    this.#state = options.state
    this.#writer = stateWriter(options.path, options.log)
  }

  /** What was asked for until now. */
  get state(): SupervisorState {
    return this.#state
  }

  /** Work that no other change may interleave with. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work)
  }

  /**
   * Done first and kept after: what is not done is not passed to a successor either.
   * @param then what follows from the new state, before it is written.
   */
  change<T>(
    change: Partial<SupervisorState>,
    work: () => Promise<T>,
    then: () => Promise<void> = async () => {},
  ): Promise<T> {
    return this.run(async () => {
      const result = await work()
      this.#state = { ...this.#state, ...change }
      await then()
      await this.remember({})
      return result
    })
  }

  async remember(change: { vm?: SupervisorState['vm'] | undefined }): Promise<void> {
    const { leases, keeps } = this.#options
    this.#state = { ...this.#state, ...change, leases: leases() } as SupervisorState
    if (!keeps()) return
    await this.show()
    await this.#writer.save(this.#state)
  }

  show(): Promise<void> {
    return this.#options.show(this.#state)
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]()
  }
}
