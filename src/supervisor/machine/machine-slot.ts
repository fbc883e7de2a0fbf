/**
 * The one QEMU that a supervisor holds, until it exits or is released: connections of a running machine, and cleanup
 * after its exit.
 */
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { isAlive } from '../../host/identity.ts'
import type { GuestAgent } from '../../vm/agent/agent.ts'
import type { Machine, MachineExit } from '../../vm/machine.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { endOrphans } from '../../vm/orphans.ts'
import { endServers } from '../../vm/share/servers.ts'
import type { VmSpec, VmStatus } from '../../vm/spec.ts'
import type { SavedFiles } from '../../vm/suspend/saved.ts'
import type { Log } from '../process/log.ts'
import { Adoption } from './adoption.ts'
import { waitForRoom } from './disk-full.ts'
import { watchClockRate } from './guest-clock.ts'
import { stopWithGrace } from './stop-with-grace.ts'
import { muteState, replacedState, stateOf } from './vm-status.ts'

export interface MachineSlotOptions {
  qemuLog: string
  /** By which a QEMU of this environment is distinguished from others. */
  qmpSocket: string
  dataDisk: string
  saved: SavedFiles
  log: Log
  onLink: (socket: Socket) => void
  onChannel: (socket: Socket) => void
  /** The guest lost its state while QEMU runs. */
  onReset: () => void
  /** The guest said so much on its console that the log is to be looked after. */
  onFlood: () => void
  /** A machine runs from now on, or none does. */
  onChange: (machine: Machine | undefined) => Promise<void>
  /** The accelerator cannot run this machine: `abandon` it, and `begin` another one where there is one. */
  onFailure: (machine: Machine, reason: string) => Promise<void>
  /** Keeps which QEMU runs for the next supervisor. */
  record: (vm: MachineRecord | undefined) => Promise<void>
}

export class MachineSlot implements AsyncDisposable {
  readonly #options: MachineSlotOptions
  #machine: Machine | undefined
  #lastExit: MachineExit | undefined
  /** Its accelerator failed, and it is about to be replaced. */
  #failing: Machine | undefined
  /** Why the last machine was given up. */
  #failure: string | undefined
  /** What follows the end of a machine; the next one starts after it. */
  #ending: Promise<void> = Promise.resolve()
  readonly #over = new AbortController()
  readonly #adoption: Adoption

  constructor(options: MachineSlotOptions) {
    this.#options = options
    this.#adoption = new Adoption({
      ...options,
      signal: this.#over.signal,
      hold: (machine) => this.#hold(machine),
      forget: (record) => this.#forget(record),
    })
  }

  get machine(): Machine | undefined {
    return this.#machine
  }

  /** Resolves when all that follows the end of the last machine is done. */
  get ending(): Promise<void> {
    return this.#ending
  }

  /** The machine whose accelerator failed, until another one runs in its place or none does. */
  get failing(): Machine | undefined {
    return this.#failing
  }

  /** Throws `vm/not-running` or `vm/accelerator`, with the reason if it is known. */
  running(): Machine {
    if (this.#machine !== undefined) return this.#machine
    const { mute } = this.#adoption
    if (mute !== undefined)
      throw new DesktopError('vm/qmp', `QEMU (pid ${mute.identity.pid}) is running but does not respond`)
    if (this.#failure !== undefined) {
      throw new DesktopError('vm/accelerator', this.#failure, {
        hint: 'set `vm.accelerator: auto` to fall back to emulation',
      })
    }
    const exit = this.#lastExit
    const why = exit === undefined ? '' : `: QEMU ended with ${exit.signal ?? exit.code}`
    throw new DesktopError('vm/not-running', `the VM is not running${why}`)
  }

  /** Says at once what a request to the agent would say after its time-out. */
  agent(): GuestAgent {
    const machine = this.running()
    if (machine.agentUp) return machine.agent
    throw new DesktopError('vm/agent', 'the guest agent is not up')
  }

  async state(): Promise<VmStatus> {
    if (this.#failing !== undefined) return await replacedState(this.#failing)
    if (this.#machine !== undefined) return await stateOf(this.#machine)
    const { mute } = this.#adoption
    if (mute !== undefined) return muteState(mute)
    return this.#lastExit === undefined ? { state: 'absent' } : { state: 'exited', ...this.#lastExit }
  }

  /** The same machine as under the last supervisor, if it still runs. */
  adopt(record: MachineRecord): Promise<void> {
    return this.#adoption.adopt(record)
  }

  /** False when this very machine runs already. */
  async vacant(spec: VmSpec): Promise<boolean> {
    // While a machine runs its end is still to come, and would be waited for as long as it runs.
    if (this.#machine === undefined || !(await isAlive(this.#machine.identity))) await this.#ending
    const running = this.#machine ?? this.#adoption.mute
    if (running !== undefined) {
      const ends = this.#machine?.stopping === true
      if (!ends && running.spec.hashes.argv === spec.hashes.argv) return false
      throw new DesktopError('vm/already-running', `QEMU is already running (pid ${running.identity.pid})`)
    }
    this.#lastExit = undefined
    this.#failure = undefined
    await this.#endOrphans()
    return true
  }

  /** One that was just started. */
  async begin(machine: Machine): Promise<void> {
    const { identity, startedAt, spec, daemons } = machine
    this.#options.log.info({ pid: identity.pid }, 'started QEMU')
    try {
      // A supervisor that dies before this write leaves a QEMU that the next start or stop ends as an orphan.
      await this.#options.record({ spec, identity, startedAt, daemons })
    } finally {
      await this.#hold(machine)
    }
  }

  /** Ends one that cannot run. What its guest had not written to its disk is lost, as after a loss of power. */
  async abandon(machine: Machine, reason: string): Promise<void> {
    await machine.quit()
    await this.#ending
    this.#failure = reason
    this.#lastExit = { code: null, signal: null, lastOutput: reason }
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#lastExit = undefined
    this.#failing = undefined
    this.#failure = undefined
    await this.#adoption.answerInTime()
    if (this.#machine !== undefined) {
      await this.#shutDown(this.#machine, deadlineMs)
      await this.#ending
    } else await this.#adoption.kill()
    await this.#endOrphans()
  }

  /** Recorded before it begins: an adopting supervisor must not take a machine that shuts down for a running one. */
  async #shutDown(machine: Machine, deadlineMs: number): Promise<void> {
    const { identity, startedAt, spec, daemons } = machine
    await this.#options
      .record({ spec, identity, startedAt, daemons, stopping: true })
      .catch((error: unknown) => this.#options.log.warn({ error: messageOf(error) }, 'state not kept'))
    await stopWithGrace(machine, deadlineMs)
  }

  async #hold(machine: Machine): Promise<void> {
    const { signal } = this.#over
    this.#machine = machine
    machine.console.onFlood = this.#options.onFlood
    machine.onStalled = () => void waitForRoom(machine, { ...this.#options, signal })
    if (machine.stalled) machine.onStalled()
    void machine.failure.then((reason) => this.#failed(machine, reason))
    // The next machine waits for it, and must not fail by it.
    this.#ending = machine.ended
      .then((exit) => this.#exited(machine, exit))
      .catch((error: unknown) =>
        this.#options.log.error({ error: messageOf(error) }, 'error while cleaning up after the VM'),
      )
    if (machine.spec.accelerator === 'tcg') void watchClockRate(machine, { ...this.#options, signal })
    await this.#options.onChange(machine)
  }

  async #failed(machine: Machine, reason: string): Promise<void> {
    const { log, onFailure } = this.#options
    if (this.#over.signal.aborted || machine.stopping) return
    log.warn({ pid: machine.identity.pid, reason }, 'the accelerator fails')
    this.#failing = machine
    try {
      await onFailure(machine, reason)
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the VM was not replaced')
    } finally {
      this.#failing = undefined
    }
  }

  async #exited(machine: Machine, exit: MachineExit): Promise<void> {
    if (this.#over.signal.aborted) return
    if (!machine.stopping) this.#lastExit = exit
    this.#machine = undefined
    const { log, onChange } = this.#options
    log.info({ ...exit, expected: machine.stopping }, 'QEMU ended')
    await onChange(undefined)
    await machine[Symbol.asyncDispose]()
    // A record that stays names a process that is gone, and the next supervisor sees that.
    await this.#forget(machine).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'state not kept'),
    )
  }

  /** QEMU is gone; its share servers end with it, even those of an earlier supervisor. */
  async #forget({ daemons = [] }: MachineRecord): Promise<void> {
    await endServers(daemons)
    await this.#options.record(undefined)
  }

  /** They hold the disk's lock, so that no other QEMU could start. */
  async #endOrphans(): Promise<void> {
    const ended = await endOrphans(this.#options.qmpSocket)
    if (ended > 0) this.#options.log.warn({ ended }, 'ended an orphaned QEMU')
  }

  /** Lets go; QEMU runs on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    await this.#machine?.[Symbol.asyncDispose]()
  }
}
