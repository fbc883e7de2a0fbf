/**
 * The one QEMU of the environment: started here, or left by an earlier supervisor and adopted. One that runs and
 * does not answer is kept and asked again, for containers are in it; it ends only when that is asked for.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NetworkSettings } from '../config/desired.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { endProcess } from '../host/end-process.ts'
import { isAlive } from '../host/identity.ts'
import { correctClockRate } from '../vm/clock-rate.ts'
import { parkMachine, unparkMachine } from '../vm/golden/park.ts'
import { Machine, type MachineExit, type MachineRecord } from '../vm/machine.ts'
import { endOrphans } from '../vm/orphans.ts'
import { endServers } from '../vm/share/servers.ts'
import { goOn, type SavedState } from '../vm/suspend/qemu.ts'
import { resumeMachine } from '../vm/suspend/resume.ts'
import { discardSaved, type SavedFiles, type SavedMachine } from '../vm/suspend/saved.ts'
import { type SaveOptions, suspendMachine } from '../vm/suspend/suspend.ts'
import type { ResumeResult, VmSpec, VmState } from './api.ts'
import type { Log } from './log.ts'
import { waitForRoom } from './room.ts'
import { muteState, stateOf } from './vm-state.ts'

interface VmOptions {
  qemuLog: string
  /** By which a QEMU of this environment is told from others. */
  qmpSocket: string
  dataDisk: string
  saved: SavedFiles
  log: Log
  onLink: (socket: Socket) => void
  /** A machine runs from now on, or none does. */
  onChange: (machine: Machine | undefined) => Promise<void>
  /** Keeps which QEMU runs for the next supervisor. */
  record: (vm: MachineRecord | undefined) => Promise<void>
}

const retryMs = 3_000
/** To write back what it holds in memory, on a slow disk. */
const muteEndMs = 20_000

export class Vm implements AsyncDisposable {
  readonly #options: VmOptions
  #machine: Machine | undefined
  /** Runs, and did not answer when it was to be adopted. */
  #mute: MachineRecord | undefined
  #lastExit: MachineExit | undefined
  /** What follows the end of a machine; the next one starts after it. */
  #ending: Promise<void> = Promise.resolve()
  readonly #over = new AbortController()

  constructor(options: VmOptions) {
    this.#options = options
  }

  get machine(): Machine | undefined {
    return this.#machine
  }

  /** Throws `vm/not-running`, with the reason if it is known. */
  running(): Machine {
    if (this.#machine !== undefined) return this.#machine
    if (this.#mute !== undefined) {
      throw new DesktopError('vm/qmp', `QEMU (pid ${this.#mute.identity.pid}) runs and does not answer`)
    }
    const exit = this.#lastExit
    const why = exit === undefined ? '' : `: QEMU ended with ${exit.signal ?? exit.code}`
    throw new DesktopError('vm/not-running', `the VM does not run${why}`)
  }

  /** The same machine as under the last supervisor, if it still runs. */
  async adopt(record: MachineRecord): Promise<void> {
    const { log } = this.#options
    const { pid } = record.identity
    try {
      const machine = await Machine.adopt(record, this.#options)
      log.info({ pid, adopted: machine !== undefined }, 'found a recorded QEMU')
      if (machine === undefined) await this.#forget(record)
      else await this.#take(machine)
      this.#mute = undefined
    } catch (error) {
      log.warn({ pid, error: messageOf(error) }, 'the running QEMU does not answer; it is asked again')
      const first = this.#mute === undefined
      this.#mute = record
      if (first) void this.#askAgain()
    }
  }

  /** Boots. A machine that was saved is given up: its disk goes on without it. */
  async start(spec: VmSpec): Promise<void> {
    if (!(await this.#vacant(spec))) return
    await discardSaved(this.#options.saved)
    await this.#begin(await Machine.start(spec, this.#options))
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
    if (!(await this.#vacant(spec))) throw new DesktopError('vm/already-running', 'the VM runs already')
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

  async #goOn(spec: VmSpec, from: string, make: () => Promise<Machine>): Promise<ResumeResult> {
    if (!(await this.#vacant(spec))) return { resumed: true }
    let machine: Machine
    try {
      machine = await make()
    } catch (error) {
      const reason = messageOf(error)
      this.#options.log.warn({ reason }, `the VM cannot go on from ${from}`)
      return { resumed: false, reason }
    }
    await this.#begin(machine)
    return { resumed: true }
  }

  /** Saves the machine and ends QEMU. Throws `vm/suspend-failed`, and the guest goes on, when it cannot. */
  async suspend(about: Pick<SaveOptions, 'network' | 'guest' | 'running'>): Promise<SavedMachine> {
    const machine = this.running()
    if (!machine.agentUp) throw new DesktopError('vm/suspend-failed', 'the guest agent is not up')
    const { saved: files, dataDisk, log } = this.#options
    const began = performance.now()
    const saved = await suspendMachine(machine, { ...about, files, dataDisk })
    await this.#ending
    const ms = Math.round(performance.now() - began)
    log.info({ bytes: saved.state.bytes, ms }, 'suspended the VM')
    return saved
  }

  /** False when this very machine runs already. */
  async #vacant(spec: VmSpec): Promise<boolean> {
    // While a machine runs its end is still to come, and would be waited for as long as it runs.
    if (this.#machine === undefined || !(await isAlive(this.#machine.identity))) await this.#ending
    const running = this.#machine ?? this.#mute
    if (running !== undefined) {
      const ends = this.#machine?.stopping === true
      if (!ends && running.spec.hashes.argv === spec.hashes.argv) return false
      throw new DesktopError('vm/already-running', `QEMU runs as pid ${running.identity.pid}`)
    }
    this.#lastExit = undefined
    await this.#endOrphans()
    return true
  }

  async #begin(machine: Machine): Promise<void> {
    const { identity, startedAt, spec, daemons } = machine
    this.#options.log.info({ pid: identity.pid }, 'started QEMU')
    try {
      // A supervisor that dies before this write leaves a QEMU that the next start or stop ends as an orphan.
      await this.#options.record({ spec, identity, startedAt, daemons })
    } finally {
      await this.#hold(machine)
    }
  }

  /** An earlier supervisor died while it saved this machine: the machine goes on, and what was saved is void. */
  async #take(machine: Machine): Promise<void> {
    if ((await machine.runState()) === 'paused') {
      await discardSaved(this.#options.saved)
      await goOn(machine.qmp)
    }
    await this.#hold(machine)
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#lastExit = undefined
    if (this.#machine !== undefined) {
      await this.#machine.stop(deadlineMs)
      await this.#ending
    } else if (this.#mute !== undefined) {
      const mute = this.#mute
      this.#options.log.warn({ pid: mute.identity.pid }, 'ending a QEMU that does not answer')
      await endProcess(mute.identity, muteEndMs)
      this.#mute = undefined
      await this.#forget(mute)
    }
    await this.#endOrphans()
  }

  async state(): Promise<VmState> {
    if (this.#machine !== undefined) return await stateOf(this.#machine)
    if (this.#mute !== undefined) return muteState(this.#mute)
    return this.#lastExit === undefined ? { state: 'absent' } : { state: 'exited', ...this.#lastExit }
  }

  async #hold(machine: Machine): Promise<void> {
    this.#machine = machine
    machine.onStalled = () => void waitForRoom(machine, { ...this.#options, signal: this.#over.signal })
    if (machine.stalled) machine.onStalled()
    this.#ending = machine.ended.then((exit) => this.#exited(machine, exit))
    if (machine.spec.accelerator === 'tcg') void this.#watchClock(machine)
    await this.#options.onChange(machine)
  }

  async #watchClock(machine: Machine): Promise<void> {
    const { log } = this.#options
    const over = new AbortController()
    void machine.ended.then(() => over.abort())
    try {
      const signal = AbortSignal.any([over.signal, this.#over.signal])
      const rate = await correctClockRate(machine, signal)
      if (rate !== undefined) log.warn({ rate }, "the guest's clock ran wrong; it has another source now")
    } catch (error) {
      if (!over.signal.aborted) log.info({ error: messageOf(error) }, "the guest's clock was not looked at")
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

  /** QEMU is gone; what served its shares ends with it, whoever started it. */
  async #forget({ daemons = [] }: MachineRecord): Promise<void> {
    await endServers(daemons)
    await this.#options.record(undefined)
  }

  async #askAgain(): Promise<void> {
    const { signal } = this.#over
    while (this.#mute !== undefined && !signal.aborted) {
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
      const record = this.#mute
      if (signal.aborted || record === undefined) return
      await this.adopt(record)
    }
  }

  /** They hold the disk's lock, so that no other QEMU could start. */
  async #endOrphans(): Promise<void> {
    const ended = await endOrphans(this.#options.qmpSocket)
    if (ended > 0) this.#options.log.warn({ ended }, 'ended a QEMU that nobody held')
  }

  /** Lets go; QEMU runs on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    await this.#machine?.[Symbol.asyncDispose]()
  }
}
