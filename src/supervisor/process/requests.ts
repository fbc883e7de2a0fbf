/** The requests of clients, one at a time: each is executed, then recorded for the next supervisor. */
import { Mutex } from '../../mutex.ts'
import type { Log } from './log.ts'
import { type StateWriter, type SupervisorState, stateWriter } from './recorded-requests.ts'

interface RequestsOptions {
  /** File in which requests are recorded. */
  path: string
  /** State recorded by an earlier supervisor. */
  state: SupervisorState
  log: Log
  /** Current DHCP leases, recorded with every request. */
  leases: () => unknown
  /** Publishes the records by which other processes find this supervisor and its VM. */
  show: (state: SupervisorState) => Promise<void>
  /** False after the state directory was removed: do not write state, which would recreate it. */
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

  /** All changes requested so far. */
  get state(): SupervisorState {
    return this.#state
  }

  /** Runs work exclusively: no other change interleaves. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work)
  }

  /**
   * Executes the change, then records it: a failed change is not passed on to the next supervisor.
   * @param then reacts to the new state, before it is written.
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
