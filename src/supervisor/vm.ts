/** The ways in which the environment's VM comes to run, and is saved: booted, resumed, or from a golden snapshot. */
import type { NetworkSettings } from '../config/desired.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { parkMachine, unparkMachine } from '../vm/golden/park.ts'
import { Machine } from '../vm/machine.ts'
import type { VmSpec } from '../vm/spec.ts'
import type { SavedState } from '../vm/suspend/qemu.ts'
import { resumeMachine } from '../vm/suspend/resume.ts'
import { discardSaved, type SavedMachine } from '../vm/suspend/saved.ts'
import { type SaveOptions, suspendMachine } from '../vm/suspend/suspend.ts'
import type { ResumeResult } from './api.ts'
import { HeldMachine, type HeldOptions } from './held-machine.ts'

export class Vm implements AsyncDisposable {
  readonly held: HeldMachine
  readonly #options: HeldOptions

  constructor(options: HeldOptions) {
    this.#options = options
    this.held = new HeldMachine(options)
  }

  /** Boots. A machine that was saved is given up: its disk goes on without it. */
  async start(spec: VmSpec): Promise<void> {
    if (!(await this.held.vacant(spec))) return
    await discardSaved(this.#options.saved)
    await this.held.begin(await Machine.start(spec, this.#options))
  }

  /** Goes on where the saved machine was; gives it up and says why when that cannot be. */
  resume(spec: VmSpec, network: NetworkSettings | undefined): Promise<ResumeResult> {
    return this.#goOn(spec, 'the saved machine', async () => {
      try {
        return await resumeMachine(spec, network, this.#options)
      } catch (error) {
        await discardSaved(this.#options.saved)
        throw error
      }
    })
  }

  /** Boots up to where the guest would learn who it is, and saves it in `state`. No machine runs afterwards. */
  async park(spec: VmSpec, state: string): Promise<SavedState> {
    if (!(await this.held.vacant(spec))) throw new DesktopError('vm/already-running', 'the VM runs already')
    const { saved, log } = this.#options
    await discardSaved(saved)
    const parked = await parkMachine(spec, { state, socket: saved.socket }, this.#options)
    log.info({ bytes: parked.state.bytes }, 'saved a golden snapshot')
    return parked
  }

  /** Goes on from a golden snapshot. When that cannot be it gives the reason, and no machine runs. */
  unpark(spec: VmSpec, parked: SavedState, state: string): Promise<ResumeResult> {
    const { saved } = this.#options
    return this.#goOn(spec, 'the golden snapshot', async () => {
      await discardSaved(saved)
      return await unparkMachine(spec, parked, { state, socket: saved.socket }, this.#options)
    })
  }

  /** Saves the machine and ends QEMU. Throws `vm/suspend-failed`, and the guest goes on, when it cannot. */
  async suspend(about: Pick<SaveOptions, 'network' | 'guest' | 'running'>): Promise<SavedMachine> {
    const machine = this.held.running()
    if (!machine.agentUp) throw new DesktopError('vm/suspend-failed', 'the guest agent is not up')
    const { saved: files, dataDisk, log } = this.#options
    const began = performance.now()
    const saved = await suspendMachine(machine, { ...about, files, dataDisk })
    await this.held.ending
    const ms = Math.round(performance.now() - began)
    log.info({ bytes: saved.state.bytes, ms }, 'suspended the VM')
    return saved
  }

  async #goOn(spec: VmSpec, from: string, make: () => Promise<Machine>): Promise<ResumeResult> {
    if (!(await this.held.vacant(spec))) return { resumed: true }
    let machine: Machine
    try {
      machine = await make()
    } catch (error) {
      const reason = messageOf(error)
      this.#options.log.warn({ reason }, `the VM cannot go on from ${from}`)
      return { resumed: false, reason }
    }
    await this.held.begin(machine)
    return { resumed: true }
  }

  /** Lets go; QEMU runs on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.held[Symbol.asyncDispose]()
  }
}
