/** The ways in which the environment's VM comes to run, and is saved: booted, resumed, or from a golden snapshot. */
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { parkMachine, unparkMachine } from '../../vm/golden/park.ts'
import { Machine } from '../../vm/machine.ts'
import { keepVerdict } from '../../vm/probe/verdict.ts'
import type { VmSpec } from '../../vm/spec.ts'
import type { SavedState } from '../../vm/suspend/qemu.ts'
import { resumeMachine } from '../../vm/suspend/resume.ts'
import { discardSaved, type SavedMachine } from '../../vm/suspend/saved.ts'
import { type SaveOptions, suspendMachine } from '../../vm/suspend/suspend.ts'
import type { ResumeResult } from '../api/api.ts'
import { MachineSlot, type MachineSlotOptions } from './machine-slot.ts'

export interface VmTransitionOptions extends Omit<MachineSlotOptions, 'onFailure'> {
  /** Runs work that no other change of the VM may interleave with. */
  exclusive: (work: () => Promise<void>) => Promise<void>
}

export class VmTransitions implements AsyncDisposable {
  readonly held: MachineSlot
  readonly #options: VmTransitionOptions

  constructor(options: VmTransitionOptions) {
    this.#options = options
    const { exclusive } = options
    this.held = new MachineSlot({
      ...options,
      onFailure: (machine, reason) => exclusive(() => this.#replace(machine, reason)),
    })
  }

  /** Boots. A machine that was saved is given up: its disk continues without it. */
  async start(spec: VmSpec): Promise<void> {
    if (!(await this.held.vacant(spec))) return
    await discardSaved(this.#options.saved)
    await this.held.begin(await this.#boot(spec))
  }

  /** Where the accelerator fails the machine is emulated, if the spec allows that. */
  async #boot(spec: VmSpec): Promise<Machine> {
    try {
      return await Machine.start(spec, this.#options)
    } catch (error) {
      const emulated = await this.#distrust(spec, error)
      if (emulated === undefined) throw error
      return await Machine.start(emulated, this.#options)
    }
  }

  /** The machine that is held is found not to run: it is emulated from now on, or gone. */
  async #replace(machine: Machine, reason: string): Promise<void> {
    // Stopped, or stopped and started, while this waited for its turn.
    if (this.held.failing !== machine) return
    await this.held.abandon(machine, reason)
    const emulated = await this.#distrust(machine.spec, new DesktopError('vm/accelerator', reason))
    if (emulated !== undefined) await this.held.begin(await Machine.start(emulated, this.#options))
  }

  /**
   * Keeps that the accelerator fails, and gives the machine to start instead; undefined when the error says nothing about
   * the accelerator, or the user insists on it.
   */
  async #distrust({ fallback, accelerator }: VmSpec, error: unknown): Promise<VmSpec | undefined> {
    if (!(error instanceof DesktopError && error.code === 'vm/accelerator')) return undefined
    if (fallback === undefined || accelerator === 'tcg') return undefined
    const reason = error.message
    this.#options.log.warn({ reason }, 'the VM is emulated from now on')
    await keepVerdict(fallback.verdictFile, accelerator, { works: false, reason, found: 'run' })
    return fallback.spec
  }

  /** Resumes the saved machine; gives it up and says why when that cannot be. */
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
    if (!(await this.held.vacant(spec)))
      throw new DesktopError('vm/already-running', 'the VM is already running')
    const { saved, log } = this.#options
    await discardSaved(saved)
    const files = { state, socket: saved.socket }
    const parked = await parkMachine(spec, files, this.#options).catch(async (error: unknown) => {
      await this.#distrust(spec, error)
      throw error
    })
    log.info({ bytes: parked.state.bytes }, 'saved a golden snapshot')
    return parked
  }

  /** Resumes from a golden snapshot. When that cannot be it gives the reason, and no machine runs. */
  unpark(spec: VmSpec, parked: SavedState, state: string): Promise<ResumeResult> {
    const { saved } = this.#options
    return this.#goOn(spec, 'the golden snapshot', async () => {
      await discardSaved(saved)
      return await unparkMachine(spec, parked, { state, socket: saved.socket }, this.#options)
    })
  }

  /** Saves the machine and ends QEMU. Throws `vm/suspend-failed`, and the guest continues, when it cannot. */
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
      this.#options.log.warn({ reason }, `the VM cannot resume from ${from}`)
      await this.#distrust(spec, error)
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
