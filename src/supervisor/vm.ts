/**
 * The one QEMU of the environment: started here, or left by an earlier supervisor and adopted. One that runs and
 * does not answer is kept and asked again, for containers are in it; it ends only when that is asked for.
 */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError, messageOf } from '../errors.ts'
import { endProcess } from '../host/end-process.ts'
import { Machine, type MachineExit, type MachineRecord } from '../vm/machine.ts'
import { endOrphans } from '../vm/orphans.ts'
import type { VmSpec, VmState } from './api.ts'
import type { Log } from './log.ts'

interface VmOptions {
  qemuLog: string
  /** By which a QEMU of this environment is told from others. */
  qmpSocket: string
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
      if (machine === undefined) await this.#options.record(undefined)
      else await this.#hold(machine)
      this.#mute = undefined
    } catch (error) {
      log.warn({ pid, error: messageOf(error) }, 'the running QEMU does not answer; it is asked again')
      const first = this.#mute === undefined
      this.#mute = record
      if (first) void this.#askAgain()
    }
  }

  async start(spec: VmSpec): Promise<void> {
    await this.#ending
    const running = this.#machine ?? this.#mute
    if (running !== undefined) {
      if (running.spec.hashes.argv === spec.hashes.argv) return
      throw new DesktopError('vm/already-running', `QEMU runs as pid ${running.identity.pid}`)
    }
    this.#lastExit = undefined
    await this.#endOrphans()
    const machine = await Machine.start(spec, this.#options)
    this.#options.log.info({ pid: machine.identity.pid }, 'started QEMU')
    try {
      // A supervisor that dies before this write leaves a QEMU that the next start or stop ends as an orphan.
      const { identity, startedAt } = machine
      await this.#options.record({ spec, identity, startedAt })
    } finally {
      await this.#hold(machine)
    }
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#lastExit = undefined
    if (this.#machine !== undefined) {
      await this.#machine.stop(deadlineMs)
      await this.#ending
    } else if (this.#mute !== undefined) {
      const { identity } = this.#mute
      this.#options.log.warn({ pid: identity.pid }, 'ending a QEMU that does not answer')
      await endProcess(identity, muteEndMs)
      this.#mute = undefined
      await this.#options.record(undefined)
    }
    await this.#endOrphans()
  }

  async state(): Promise<VmState> {
    const machine = this.#machine
    if (machine !== undefined) {
      const run = await machine.runState().catch(() => 'paused' as const)
      const booted = machine.agentUp ? 'running' : 'starting'
      const { linkUp, agentUp } = machine
      const state = machine.stopping ? 'stopping' : run === 'paused' ? 'paused' : booted
      return { state, ...factsOf(machine), linkUp, agentUp }
    }
    const mute = this.#mute
    if (mute !== undefined) return { state: 'mute', ...factsOf(mute), linkUp: false, agentUp: false }
    return this.#lastExit === undefined ? { state: 'absent' } : { state: 'exited', ...this.#lastExit }
  }

  async #hold(machine: Machine): Promise<void> {
    this.#machine = machine
    this.#ending = machine.ended.then((exit) => this.#exited(machine, exit))
    await this.#options.onChange(machine)
  }

  async #exited(machine: Machine, exit: MachineExit): Promise<void> {
    if (this.#over.signal.aborted) return
    if (!machine.stopping) this.#lastExit = exit
    this.#machine = undefined
    const { log, onChange, record } = this.#options
    log.info({ ...exit, expected: machine.stopping }, 'QEMU ended')
    await onChange(undefined)
    await machine[Symbol.asyncDispose]()
    // A record that stays names a process that is gone, and the next supervisor sees that.
    await record(undefined).catch((error: unknown) => log.warn({ error: messageOf(error) }, 'state not kept'))
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

function factsOf({ spec, identity, startedAt }: MachineRecord): {
  pid: number
  startedAt: string
  accelerator: VmSpec['accelerator']
  hashes: VmSpec['hashes']
} {
  return { pid: identity.pid, startedAt, accelerator: spec.accelerator, hashes: spec.hashes }
}
