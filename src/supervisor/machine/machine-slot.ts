/**
 * The QEMU that a supervisor holds until it exits or is released: its connections, and the cleanup after its
 * exit.
 */
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { isAlive } from '../../host/identity.ts'
import type { GuestAgent } from '../../vm/agent/agent.ts'
import type { Machine, MachineExit, VmDriver } from '../../vm/driver.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
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
  driver: VmDriver
  qemuLog: string
  /** Identifies this environment's QEMU. */
  qmpSocket: string
  dataDisk: string
  saved: SavedFiles
  log: Log
  onLink: (socket: Socket) => void
  onChannel: (socket: Socket) => void
  /** The guest lost its state, but QEMU keeps running. */
  onReset: () => void
  /** The console produced so much output that the log size must be checked. */
  onFlood: () => void
  /** Called with the machine when one starts running, and with undefined when it stops. */
  onChange: (machine: Machine | undefined) => Promise<void>
  /** The accelerator cannot run this machine: `abandon` it and, if possible, `begin` another. */
  onFailure: (machine: Machine, reason: string) => Promise<void>
  /** Records the running QEMU for the next supervisor. */
  record: (vm: MachineRecord | undefined) => Promise<void>
}

export class MachineSlot implements AsyncDisposable {
  readonly #options: MachineSlotOptions
  #machine: Machine | undefined
  #lastExit: MachineExit | undefined
  /** The machine whose accelerator failed, until it is replaced. */
  #failing: Machine | undefined
  /** Why the last machine was abandoned. */
  #failure: string | undefined
  /** Cleanup after the last machine exited; the next start waits for it. */
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

  /** Resolves when the cleanup after the last machine is complete. */
  get ending(): Promise<void> {
    return this.#ending
  }

  /** The machine whose accelerator failed, until its replacement is running or has failed. */
  get failing(): Machine | undefined {
    return this.#failing
  }

  /** Throws `vm/not-running` or `vm/accelerator`, with the reason if known. */
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

  /** Fails fast if the guest agent is not up, instead of waiting for a request timeout. */
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

  /** Adopts the machine of the previous supervisor if it is still running. */
  adopt(record: MachineRecord): Promise<void> {
    return this.#adoption.adopt(record)
  }

  /** Returns false if this machine is already running. */
  async vacant(spec: VmSpec): Promise<boolean> {
    // Do not await `#ending` of a running machine: it resolves only at exit.
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

  /** Takes over a machine that was just started. */
  async begin(machine: Machine): Promise<void> {
    const { identity, startedAt, spec, daemons } = machine
    this.#options.log.info({ pid: identity.pid }, 'started QEMU')
    try {
      // If the supervisor dies before this write, the next start or stop ends QEMU as an orphan.
      await this.#options.record({ spec, identity, startedAt, daemons })
    } finally {
      await this.#hold(machine)
    }
  }

  /** Kills a machine that cannot run. Unwritten guest data is lost, as in a power failure. */
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

  /** Recorded first, so that an adopting supervisor continues the shutdown. */
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
    // The next start awaits this, so errors are logged, not thrown.
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
    // A stale record is harmless: the next supervisor finds that the process has exited.
    await this.#forget(machine).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'state not kept'),
    )
  }

  /** After QEMU's exit, ends its virtiofsd processes, even those of an earlier supervisor. */
  async #forget({ daemons = [] }: MachineRecord): Promise<void> {
    await endServers(daemons)
    await this.#options.record(undefined)
  }

  /** Orphans hold the disk's lock, so no other QEMU could start. */
  async #endOrphans(): Promise<void> {
    const ended = await this.#options.driver.endOrphans(this.#options.qmpSocket)
    if (ended > 0) this.#options.log.warn({ ended }, 'ended an orphaned QEMU')
  }

  /** Releases QEMU, which keeps running. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    await this.#machine?.[Symbol.asyncDispose]()
  }
}
