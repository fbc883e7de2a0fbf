/** Transitions of the environment's VM: boot, resume, suspend, and park and unpark of golden snapshots. */
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { Machine, ParkedState, ParkFiles, UnparkFiles } from '../../vm/driver.ts'
import { keepVerdict } from '../../vm/probe/verdict.ts'
import type { VmSpec } from '../../vm/spec.ts'
import { discardSaved, type SavedMachine, type SavedState, UnusableState } from '../../vm/suspend/saved.ts'
import type { SaveOptions } from '../../vm/suspend/suspend.ts'
import type { ResumeResult } from '../api/api.ts'
import { MachineSlot, type MachineSlotOptions } from './machine-slot.ts'

export interface VmTransitionOptions extends Omit<MachineSlotOptions, 'onFailure'> {
  /** Runs work exclusively: no other VM change interleaves. */
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

  /** Boots. A saved state is discarded, because its disk changes. */
  async start(spec: VmSpec): Promise<void> {
    if (!(await this.held.vacant(spec))) return
    await discardSaved(this.#options.saved)
    await this.held.begin(await this.#boot(spec))
  }

  /** If the accelerator fails, boots under emulation, provided that the spec allows it. */
  async #boot(spec: VmSpec): Promise<Machine> {
    try {
      return await this.#options.driver.start(spec, this.#options)
    } catch (error) {
      const emulated = await this.#distrust(spec, error)
      if (emulated === undefined) throw error
      return await this.#options.driver.start(emulated, this.#options)
    }
  }

  /** Replaces a machine that cannot run with an emulated one, or stops it. */
  async #replace(machine: Machine, reason: string): Promise<void> {
    // The machine was stopped, or stopped and restarted, while this call waited for the mutex.
    if (this.held.failing !== machine) return
    await this.held.abandon(machine, reason)
    const emulated = await this.#distrust(machine.spec, new DesktopError('vm/accelerator', reason))
    if (emulated !== undefined)
      await this.held.begin(await this.#options.driver.start(emulated, this.#options))
  }

  /**
   * Records that the accelerator failed and returns the spec of the emulated machine; undefined if the error
   * is not about the accelerator or the user requires the accelerator.
   */
  async #distrust({ fallback, accelerator }: VmSpec, error: unknown): Promise<VmSpec | undefined> {
    if (!(error instanceof DesktopError && error.code === 'vm/accelerator')) return undefined
    if (fallback === undefined || accelerator === 'tcg') return undefined
    const reason = error.message
    this.#options.log.warn({ reason }, 'the VM is emulated from now on')
    await keepVerdict(fallback.verdictFile, accelerator, { works: false, reason, found: 'run' })
    return fallback.spec
  }

  /** Resumes the saved machine; on failure, discards it and returns the reason. */
  resume(spec: VmSpec, network: NetworkSettings | undefined): Promise<ResumeResult> {
    return this.#goOn(spec, 'the saved machine', async () => {
      try {
        return await this.#options.driver.resume(spec, network, this.#options)
      } catch (error) {
        await discardSaved(this.#options.saved)
        throw error
      }
    })
  }

  /**
   * Boots until just before the guest would read its identity, and saves it in `state`. No machine is running
   * afterwards.
   */
  async park(spec: VmSpec, { state, memory }: Omit<ParkFiles, 'socket'>): Promise<ParkedState> {
    if (!(await this.held.vacant(spec)))
      throw new DesktopError('vm/already-running', 'the VM is already running')
    const { driver, saved, log } = this.#options
    await discardSaved(saved)
    const files = { state, memory, socket: saved.socket }
    const parked = await driver.park(spec, files, this.#options).catch(async (error: unknown) => {
      await this.#distrust(spec, error)
      throw error
    })
    log.info({ bytes: parked.state.bytes }, 'saved a golden snapshot')
    return parked
  }

  /** Resumes from a golden snapshot. On failure, returns the reason, and no machine is running. */
  unpark(
    spec: VmSpec,
    parked: SavedState,
    { state, memory }: Omit<UnparkFiles, 'socket'>,
  ): Promise<ResumeResult> {
    const { saved, driver } = this.#options
    return this.#goOn(spec, 'the golden snapshot', async () => {
      await discardSaved(saved)
      const files = { state, memory, socket: saved.socket }
      return await driver.unpark(spec, parked, files, this.#options)
    })
  }

  /** Saves the machine and ends QEMU. On failure, throws `vm/suspend-failed` and the guest continues. */
  async suspend(about: Pick<SaveOptions, 'network' | 'guest' | 'running'>): Promise<SavedMachine> {
    const machine = this.held.running()
    if (!machine.agentUp) throw new DesktopError('vm/suspend-failed', 'the guest agent is not up')
    const { saved: files, dataDisk, log } = this.#options
    const began = performance.now()
    const saved = await machine.suspend({ ...about, files, dataDisk })
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
      return { resumed: false, reason, unusable: error instanceof UnusableState }
    }
    await this.held.begin(machine)
    return { resumed: true }
  }

  /** Releases QEMU, which keeps running. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.held[Symbol.asyncDispose]()
  }
}
