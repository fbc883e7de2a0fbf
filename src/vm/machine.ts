/**
 * One running QEMU and the connections to it. Made by starting one or by adopting one that an earlier
 * supervisor left; disposing of it lets go of the connections and leaves QEMU running.
 */
import type { Socket } from 'node:net'
import { DesktopError, messageOf } from '../errors.ts'
import { dial } from '../host/dial.ts'
import { sendSignal } from '../host/end-process.ts'
import { isAlive, type ProcessIdentity } from '../host/identity.ts'
import { until } from '../host/until.ts'
import type { GuestAgent } from './agent/agent.ts'
import { type Connections, openConnections, runStatus } from './connections.ts'
import type { Console } from './console.ts'
import { quit, shutDown } from './ending.ts'
import { waitForState } from './qemu/argv.ts'
import { lastOutput, launchQemu } from './qemu/launch.ts'
import type { Qmp } from './qemu/qmp.ts'
import type { VmSpec } from './spec.ts'
import { loadState, type SavedState } from './suspend/qemu.ts'
import type { StateFiles } from './suspend/saved.ts'

export interface MachineExit {
  code: number | null
  signal: string | null
  lastOutput: string
}

/** Which process it is and what it was started with: enough to find it again. */
export interface MachineRecord {
  spec: VmSpec
  identity: ProcessIdentity
  startedAt: string
  /** Those of `spec.daemons`, in their order; absent in what an earlier version wrote. */
  daemons?: readonly ProcessIdentity[] | undefined
}

export interface MachineOptions {
  /** Gets each new connection to the VM's network card. */
  onLink: (socket: Socket) => void
  qemuLog: string
}

const qmpDeadlineMs = 15_000
/** Short: one that does not answer now is asked again. */
const adoptDeadlineMs = 3_000

export class Machine implements AsyncDisposable {
  readonly spec: VmSpec
  readonly identity: ProcessIdentity
  readonly startedAt: string
  readonly daemons: readonly ProcessIdentity[] | undefined
  readonly qmp: Qmp
  readonly agent: GuestAgent
  readonly console: Console
  /** Set when QEMU is gone, with how it went. */
  exited: MachineExit | undefined
  stopping = false
  /** The host's disk was full when the guest wrote to its own: the guest waits, and whatever was asked of it too. */
  stalled: boolean
  onStalled: () => void = () => {}
  #agentOpen = false
  #link: Socket
  /** Aborted when this machine is let go of or is ending: its socket paths may be the next QEMU's by then. */
  readonly #over = new AbortController()
  /** Resolves when QEMU is gone. */
  readonly ended: Promise<MachineExit>

  private constructor(
    parts: Connections,
    about: MachineRecord,
    ended: Promise<MachineExit>,
    onLink: MachineOptions['onLink'],
  ) {
    this.qmp = parts.qmp
    this.agent = parts.agent
    this.console = parts.console
    this.#link = parts.link
    this.#agentOpen = parts.agentOpen
    this.stalled = parts.stalled
    parts.onStalled = (stalled) => {
      this.stalled = stalled
      if (stalled) this.onStalled()
    }
    parts.onAgent = (open) => {
      this.#agentOpen = open
    }
    this.identity = about.identity
    this.startedAt = about.startedAt
    this.daemons = about.daemons
    this.spec = about.spec
    this.ended = ended.then((exit) => {
      this.exited = exit
      return exit
    })
    this.#watchLink(onLink)
  }

  /** QEMU listens again when its link drops, so dialling anew brings the network back. */
  #watchLink(onLink: MachineOptions['onLink']): void {
    onLink(this.#link)
    this.#link.once('close', async () => {
      if (this.#over.signal.aborted || this.exited !== undefined) return
      try {
        this.#link = await dial(this.spec.sockets.link, { deadlineMs: 5_000, signal: this.#over.signal })
      } catch {
        return // QEMU is going; its exit says the rest.
      }
      if (this.#over.signal.aborted) this.#link.destroy()
      else this.#watchLink(onLink)
    })
  }

  static start(spec: VmSpec, options: MachineOptions): Promise<Machine> {
    return Machine.#launch(spec, spec.argv, options, async () => {})
  }

  /** Goes on where a machine was saved. Throws before the guest ran when that cannot be. */
  static resume(
    spec: VmSpec,
    saved: SavedState,
    files: StateFiles,
    options: MachineOptions & { commit: () => Promise<void> },
  ): Promise<Machine> {
    return Machine.#launch(spec, [...spec.argv, ...waitForState], options, (qmp) =>
      loadState(qmp, saved, files, options.commit),
    )
  }

  static async #launch(
    spec: VmSpec,
    argv: readonly string[],
    options: MachineOptions,
    prepare: (qmp: Qmp) => Promise<void>,
  ): Promise<Machine> {
    const launched = await launchQemu(argv, {
      logFile: options.qemuLog,
      sockets: Object.values(spec.sockets),
      daemons: spec.daemons ?? [],
    })
    const gone = new AbortController()
    void launched.exit.then(() => gone.abort(new Error('QEMU ended')))
    let parts: Connections
    try {
      parts = await openConnections(spec, qmpDeadlineMs, gone.signal)
      await prepare(parts.qmp)
    } catch (error) {
      sendSignal(launched.identity, 'SIGKILL')
      await launched.exit
      if (error instanceof DesktopError && error.code === 'vm/resume') throw error
      const said = await lastOutput(options.qemuLog)
      throw new DesktopError('vm/start-failed', said === '' ? messageOf(error) : said, { cause: error })
    }
    const ended = launched.exit.then(async ({ code, signal }) => ({
      code,
      signal,
      lastOutput: await lastOutput(options.qemuLog),
    }))
    const { identity, daemons } = launched
    const about = { identity, daemons, startedAt: new Date().toISOString(), spec }
    return new Machine(parts, about, ended, options.onLink)
  }

  /** Connects to a QEMU that runs already; undefined when that very process is gone, throws when it is mute. */
  static async adopt(about: MachineRecord, options: MachineOptions): Promise<Machine | undefined> {
    const { identity } = about
    if (!(await isAlive(identity))) return undefined
    const parts = await openConnections(about.spec, adoptDeadlineMs)
    // Not a child of this process: its end shows as the end of the control connection.
    const ended = parts.qmp.closed.then(async () => {
      await until(async () => !(await isAlive(identity)), { deadlineMs: Number.POSITIVE_INFINITY })
      return { code: null, signal: null, lastOutput: await lastOutput(options.qemuLog) }
    })
    return new Machine(parts, about, ended, options.onLink)
  }

  /** Whether the guest has the agent's port open: init got as far as its services. */
  get agentUp(): boolean {
    return this.#agentOpen && this.agent.connected && !this.stalled
  }

  get linkUp(): boolean {
    return !this.#link.destroyed
  }

  async runState(): Promise<'running' | 'paused' | 'stalled'> {
    const status = await runStatus(this.qmp)
    if (status === 'running') return status
    return status === 'io-error' ? 'stalled' : 'paused'
  }

  /** Orderly, and at the deadline by force. Throws `vm/stop-failed`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#ending()
    await shutDown(this, deadlineMs)
  }

  /** Ends QEMU at once: its machine was saved, and its disk is written back. */
  async quit(): Promise<void> {
    this.#ending()
    await quit(this)
  }

  #ending(): void {
    this.stopping = true
    this.#over.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    this.#link.destroy()
    await this.console[Symbol.asyncDispose]()
    await this.agent[Symbol.asyncDispose]()
    await this.qmp[Symbol.asyncDispose]()
  }
}
