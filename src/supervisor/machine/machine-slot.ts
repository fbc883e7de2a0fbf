/**
 * The one QEMU that a supervisor holds, until it exits or is released: connections of a running machine, cleanup
 * after its exit, and adoption from an earlier supervisor. An unresponsive one is kept and polled, because it runs
 * containers; it is stopped only on request.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { askGraceSeconds } from '../../engine/stop-grace.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { endProcess } from '../../host/end-process.ts'
import { isAlive } from '../../host/identity.ts'
import { until } from '../../host/until.ts'
import { runStatus } from '../../vm/connections.ts'
import { Machine, type MachineExit } from '../../vm/machine.ts'
import type { MachineRecord } from '../../vm/machine-record.ts'
import { endOrphans } from '../../vm/orphans.ts'
import { endServers } from '../../vm/share/servers.ts'
import type { VmSpec, VmStatus } from '../../vm/spec.ts'
import { goOn } from '../../vm/suspend/qemu.ts'
import { discardSaved, type SavedFiles } from '../../vm/suspend/saved.ts'
import type { Log } from '../process/log.ts'
import { waitForRoom } from './disk-full.ts'
import { watchClockRate } from './guest-clock.ts'
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

const retryMs = 3_000
/** To write back what it holds in memory, on a slow disk. */
const muteEndMs = 20_000
/** A QEMU that does not answer for this long is ended by a signal on stop. */
const muteProofMs = 15_000
/** For the guest of a machine that an earlier supervisor asked to shut down. */
const shutdownMs = 30_000

/** Containers first get what they asked for. One that panicked, or has no agent yet, runs none that could be asked. */
async function stopWithGrace(machine: Machine, deadlineMs: number): Promise<void> {
  const asks = machine.agentUp && machine.panic === undefined
  const seconds = asks ? await askGraceSeconds((argv, options) => machine.agent.exec(argv, options)) : 0
  await machine.stop(deadlineMs + seconds * 1_000)
}

export class MachineSlot implements AsyncDisposable {
  readonly #options: MachineSlotOptions
  #machine: Machine | undefined
  /** Runs, and did not answer when it was to be adopted. */
  #mute: MachineRecord | undefined
  #muteSince = 0
  #lastExit: MachineExit | undefined
  /** Its accelerator failed, and it is about to be replaced. */
  #failing: Machine | undefined
  /** Why the last machine was given up. */
  #failure: string | undefined
  /** What follows the end of a machine; the next one starts after it. */
  #ending: Promise<void> = Promise.resolve()
  readonly #over = new AbortController()

  constructor(options: MachineSlotOptions) {
    this.#options = options
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
    if (this.#mute !== undefined) {
      throw new DesktopError(
        'vm/qmp',
        `QEMU (pid ${this.#mute.identity.pid}) is running but does not respond`,
      )
    }
    if (this.#failure !== undefined) {
      throw new DesktopError('vm/accelerator', this.#failure, {
        hint: 'set `vm.accelerator: auto` to fall back to emulation',
      })
    }
    const exit = this.#lastExit
    const why = exit === undefined ? '' : `: QEMU ended with ${exit.signal ?? exit.code}`
    throw new DesktopError('vm/not-running', `the VM is not running${why}`)
  }

  async state(): Promise<VmStatus> {
    if (this.#failing !== undefined) return await replacedState(this.#failing)
    if (this.#machine !== undefined) return await stateOf(this.#machine)
    if (this.#mute !== undefined) return muteState(this.#mute)
    return this.#lastExit === undefined ? { state: 'absent' } : { state: 'exited', ...this.#lastExit }
  }

  /** The same machine as under the last supervisor, if it still runs. */
  async adopt(record: MachineRecord): Promise<void> {
    if (await this.#answers(record)) return
    this.#mute = record
    this.#muteSince = Date.now()
    void this.#askAgain(record)
  }

  /** False when this very machine runs already. */
  async vacant(spec: VmSpec): Promise<boolean> {
    // While a machine runs its end is still to come, and would be waited for as long as it runs.
    if (this.#machine === undefined || !(await isAlive(this.#machine.identity))) await this.#ending
    const running = this.#machine ?? this.#mute
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
    await this.#answerInTime()
    if (this.#machine !== undefined) {
      await this.#shutDown(this.#machine, deadlineMs)
      await this.#ending
    } else if (this.#mute !== undefined) {
      const mute = this.#mute
      this.#options.log.warn({ pid: mute.identity.pid }, 'killing an unresponsive QEMU')
      await endProcess(mute.identity, muteEndMs)
      this.#mute = undefined
      await this.#forget(mute)
    }
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

  /** A host that is busy makes QEMU mute for a while: it has its time to answer before a signal ends it. */
  async #answerInTime(): Promise<void> {
    const mute = this.#mute
    if (mute === undefined) return
    const deadlineMs = Math.max(0, this.#muteSince + muteProofMs - Date.now())
    await until(async () => this.#mute !== mute, { deadlineMs }).catch(() => {})
  }

  /** An earlier supervisor died while it saved this machine: the machine continues, and what was saved is void. */
  async #take(machine: Machine): Promise<void> {
    // After an internal error it cannot continue; see `failure`.
    if (!['running', 'io-error', 'internal-error'].includes(await runStatus(machine.qmp))) {
      await discardSaved(this.#options.saved)
      await goOn(machine.qmp)
    }
    await this.#hold(machine)
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

  /** Whether it is known now what became of a recorded QEMU: it is held from now on, or it is gone. */
  async #answers(record: MachineRecord): Promise<boolean> {
    const { log } = this.#options
    const { pid } = record.identity
    try {
      const machine = await Machine.adopt(record, this.#options)
      log.info({ pid, adopted: machine !== undefined }, 'found a recorded QEMU')
      if (machine === undefined) await this.#forget(record)
      else await this.#take(machine)
      if (machine !== undefined && record.stopping === true) this.#goOnStopping(machine)
      return true
    } catch (error) {
      log.warn({ pid, error: messageOf(error) }, 'the running QEMU does not answer; retrying')
      return false
    }
  }

  /** The next start waits for it. */
  #goOnStopping(machine: Machine): void {
    const { log } = this.#options
    log.info({ pid: machine.identity.pid }, 'shutdown requested earlier and in progress')
    stopWithGrace(machine, shutdownMs).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'not stopped'),
    )
  }

  async #askAgain(record: MachineRecord): Promise<void> {
    const { signal } = this.#over
    while (this.#mute === record) {
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted || this.#mute !== record) return
      if (await this.#answers(record)) this.#mute = undefined
    }
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
