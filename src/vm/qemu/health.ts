/**
 * Detects that a machine cannot run: if its accelerator fails or its guest kernel panics, all waits for the machine are
 * aborted with the reason.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { MachineExit } from '../driver.ts'
import { acceleratorExit, acceleratorStop } from '../failure.ts'
import type { VmSpec } from '../spec.ts'
import { runStatus } from './connections.ts'
import type { Qmp } from './qmp.ts'

interface Observed {
  readonly spec: VmSpec
  readonly qmp: Qmp
  readonly stopping: boolean
  readonly stalled: boolean
}

export class Health {
  readonly failure: Promise<string>
  /** Message of a guest kernel panic; cleared when the guest boots again. */
  panic: string | undefined
  readonly #machine: Observed
  readonly #fail: (reason: string) => void
  #wasUp: boolean
  #isAsking = false
  /** Resolves with the error that aborts all pending waits; replaced when the guest boots after a panic. */
  #collapse = Promise.withResolvers<DesktopError>()

  /** @param wasUp the guest agent is already up */
  constructor(machine: Observed, wasUp: boolean) {
    this.#machine = machine
    this.#wasUp = wasUp
    const { promise, resolve } = Promise.withResolvers<string>()
    this.failure = promise
    void promise.then((reason) => this.#collapse.resolve(new DesktopError('vm/accelerator', reason)))
    this.#fail = (why) => {
      if (!machine.stopping) resolve(`${machine.spec.accelerator} cannot run the VM: ${why}`)
    }
  }

  agentCameUp(): void {
    this.#wasUp = true
    if (this.panic === undefined) return
    this.panic = undefined
    this.#collapse = Promise.withResolvers()
  }

  panicked(why: string): void {
    this.panic = why
    this.#collapse.resolve(new DesktopError('vm/panic', `the guest kernel panicked: ${why}`))
  }

  exited(exit: MachineExit): void {
    const why = acceleratorExit(this.#machine.spec.accelerator, exit, this.#wasUp)
    if (why !== undefined) this.#fail(why)
  }

  /** A hung guest gives no signal; this deadline is several times the boot time under emulation. */
  expectAgent(agentMs: number, released: AbortSignal): void {
    if (this.#machine.spec.accelerator === 'tcg' || this.#wasUp) return
    const late = setTimeout(() => {
      if (!this.#wasUp && !this.#machine.stalled) this.#fail(`no guest agent within ${agentMs / 1000} s`)
    }, agentMs)
    late.unref()
    released.addEventListener('abort', () => clearTimeout(late))
  }

  /** QEMU paused the guest. Serialized, because QEMU may report stops endlessly. */
  async paused(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const { spec, qmp } = this.#machine
    const status = await runStatus(qmp).catch(() => '')
    this.#isAsking = false
    const why = acceleratorStop(spec.accelerator, status, qmp.paused)
    if (why !== undefined) this.#fail(why)
  }

  /**
   * Returns the result of `work`; rejects immediately with `vm/accelerator` or `vm/panic` if the guest cannot continue.
   */
  orFailed<T>(work: Promise<T>): Promise<T> {
    const failed = this.#collapse.promise.then((error) => {
      throw error
    })
    return Promise.race([work, failed])
  }
}
