/**
 * A running QEMU and its connections, started or adopted from an earlier supervisor. Disposing closes the connections
 * and leaves QEMU running.
 */
import type { Socket } from 'node:net'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { sendSignal } from '../host/end-process.ts'
import { isAlive, type ProcessIdentity } from '../host/identity.ts'
import { until } from '../host/until.ts'
import type { GuestAgent } from './agent/agent.ts'
import { type Connections, openConnections, runStatus } from './connections.ts'
import type { Console } from './console.ts'
import { dialQemu } from './dial-qemu.ts'
import { quit, shutDown } from './ending.ts'
import { acceleratorExit, acceleratorStop, agentDeadlineMs, resumedDeadlineMs } from './failure.ts'
import type { MachineRecord } from './machine-record.ts'
import { panicFinder } from './panic.ts'
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

export interface MachineOptions {
  /** Called for each new connection to the VM's network card. */
  onLink: (socket: Socket) => void
  /** Like `onLink`, for the network card that carries docker.sock and terminals. */
  onChannel: (socket: Socket) => void
  /** Called when the guest's state is lost while QEMU keeps running: a kernel panic or a reboot. */
  onReset: () => void
  qemuLog: string
  /** Deadline for the guest agent under an accelerator. */
  agentMs?: number
}

const qmpDeadlineMs = 15_000
/** Short, because an unresponsive QEMU is polled again. */
const adoptDeadlineMs = 3_000

/** Errors more specific than the tail of QEMU's log. */
const specificErrors: ReadonlySet<string> = new Set(['vm/resume', 'vm/wrong-peer'])

export class Machine implements AsyncDisposable {
  readonly spec: VmSpec
  readonly identity: ProcessIdentity
  readonly startedAt: string
  readonly daemons: readonly ProcessIdentity[] | undefined
  readonly qmp: Qmp
  readonly agent: GuestAgent
  readonly console: Console
  /** Exit status, set when QEMU has exited. */
  exited: MachineExit | undefined
  stopping = false
  /** The host disk was full during a guest write: the guest is paused, and pending requests wait. */
  stalled: boolean
  onStalled: () => void = () => {}
  #agentOpen = false
  #link!: Socket
  #channel: Socket | undefined
  /** Aborted on release or exit, because the next QEMU may reuse the socket paths. */
  readonly #over = new AbortController()
  /** Resolves when QEMU has exited. */
  readonly ended: Promise<MachineExit>
  /** Resolves with the reason if the accelerator fails to run this machine; never under emulation. */
  readonly failure: Promise<string>
  readonly #fail: (reason: string) => void
  #wasUp: boolean
  #isAsking = false
  /** Message of a guest kernel panic; cleared when the guest boots again. */
  panic: string | undefined
  /** Resolves with the error that aborts all pending waits; replaced when the guest boots after a panic. */
  #collapse = Promise.withResolvers<DesktopError>()

  private constructor(
    parts: Connections,
    about: MachineRecord,
    ended: Promise<MachineExit>,
    { onLink, onChannel, onReset, agentMs = agentDeadlineMs }: MachineOptions,
  ) {
    this.qmp = parts.qmp
    this.agent = parts.agent
    this.console = parts.console
    this.#agentOpen = parts.agentOpen
    this.stalled = parts.stalled
    parts.onStalled = (stalled) => {
      this.stalled = stalled
      if (stalled) this.onStalled()
    }
    this.#wasUp = parts.agentOpen
    parts.onAgent = (open) => {
      this.#agentOpen = open
      this.#wasUp ||= open
      if (!open || this.panic === undefined) return
      this.panic = undefined
      this.#collapse = Promise.withResolvers()
    }
    const { promise, resolve } = Promise.withResolvers<string>()
    this.failure = promise
    void promise.then((reason) => this.#collapse.resolve(new DesktopError('vm/accelerator', reason)))
    parts.console.onText = panicFinder((why) => {
      this.panic = why
      // QEMU reports the closed port only when the guest reboots.
      this.#agentOpen = false
      onReset()
      this.#collapse.resolve(new DesktopError('vm/panic', `the guest kernel panicked: ${why}`))
    })
    this.#fail = (why) => {
      if (!this.stopping) resolve(`${about.spec.accelerator} cannot run the VM: ${why}`)
    }
    this.identity = about.identity
    this.startedAt = about.startedAt
    this.daemons = about.daemons
    const { spec } = about
    this.spec = spec
    this.ended = ended.then((exit) => {
      this.exited = exit
      const why = acceleratorExit(about.spec.accelerator, exit, this.#wasUp)
      if (why !== undefined) this.#fail(why)
      return exit
    })
    this.#watch(spec.sockets.link, parts.link, (link) => {
      this.#link = link
      onLink(link)
    })
    const { channel } = spec.sockets
    if (channel !== undefined && parts.channel !== undefined) {
      this.#watch(channel, parts.channel, (link) => {
        this.#channel = link
        onChannel(link)
      })
    }
    parts.onReset = onReset
    parts.onStopped = () => void this.#stopped()
    if (parts.stopped) void this.#stopped()
    if (about.spec.accelerator !== 'tcg' && !this.#wasUp) this.#expectAgent(agentMs)
  }

  /** A hung guest gives no signal; this deadline is several times the boot time under emulation. */
  #expectAgent(agentMs: number): void {
    const late = setTimeout(() => {
      if (!this.#wasUp && !this.stalled) this.#fail(`no guest agent within ${agentMs / 1000} s`)
    }, agentMs)
    late.unref()
    this.#over.signal.addEventListener('abort', () => clearTimeout(late))
  }

  /** Serialized, because QEMU may report stops endlessly. */
  async #stopped(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const status = await runStatus(this.qmp).catch(() => '')
    this.#isAsking = false
    const why = acceleratorStop(this.spec.accelerator, status, this.qmp.paused)
    if (why !== undefined) this.#fail(why)
  }

  /** Checks that the guest runs after its state was loaded; throws `vm/accelerator` if not. */
  async requireRunning(): Promise<void> {
    if (this.spec.accelerator === 'tcg') return
    if (await this.orFailed(this.agent.ping(resumedDeadlineMs))) return
    const reason = `${this.spec.accelerator} cannot resume the VM: its guest does not answer`
    throw new DesktopError('vm/accelerator', reason)
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

  /** QEMU listens again when a link drops, so reconnecting restores the network. */
  #watch(path: string, link: Socket, taken: (link: Socket) => void): void {
    taken(link)
    link.once('close', async () => {
      if (this.#over.signal.aborted || this.exited !== undefined) return
      let next: Socket
      try {
        next = await dialQemu(path, this.identity, { deadlineMs: 5_000, signal: this.#over.signal })
      } catch {
        return // QEMU is exiting; the exit handler reports it.
      }
      if (this.#over.signal.aborted) next.destroy()
      else this.#watch(path, next, taken)
    })
  }

  static start(spec: VmSpec, options: MachineOptions): Promise<Machine> {
    return Machine.#launch(spec, spec.argv, options, async () => {})
  }

  /** Resumes a saved machine. If that is not possible, throws before the guest runs. */
  static async resume(
    spec: VmSpec,
    saved: SavedState,
    files: StateFiles,
    options: MachineOptions & { commit: () => Promise<void> },
  ): Promise<Machine> {
    const machine = await Machine.#launch(spec, [...spec.argv, ...waitForState], options, (qmp, qemu) =>
      loadState({ qmp, qemu }, saved, files, options.commit),
    )
    // Only guests with a running agent are saved. QEMU reports the port as open only some time after the guest resumes,
    // and buffers writes until then.
    machine.#agentOpen = true
    return machine
  }

  static async #launch(
    spec: VmSpec,
    argv: readonly string[],
    options: MachineOptions,
    prepare: (qmp: Qmp, qemu: ProcessIdentity) => Promise<void>,
  ): Promise<Machine> {
    const launched = await launchQemu(argv, {
      logFile: options.qemuLog,
      sockets: Object.values(spec.sockets),
      daemons: spec.daemons ?? [],
      files: spec.files,
    })
    const gone = new AbortController()
    void launched.exit.then(() => gone.abort(new Error('QEMU ended')))
    let parts: Connections
    try {
      parts = await openConnections(spec, launched.identity, qmpDeadlineMs, gone.signal)
      await prepare(parts.qmp, launched.identity)
    } catch (error) {
      sendSignal(launched.identity, 'SIGKILL')
      const exit = await launched.exit
      if (error instanceof DesktopError && specificErrors.has(error.code)) throw error
      const said = await lastOutput(options.qemuLog)
      const why = acceleratorExit(spec.accelerator, { ...exit, lastOutput: said }, false)
      if (why !== undefined) {
        throw new DesktopError('vm/accelerator', `${spec.accelerator} cannot run the VM: ${why}`, {
          cause: error,
        })
      }
      throw new DesktopError('vm/start-failed', said === '' ? messageOf(error) : said, { cause: error })
    }
    const ended = launched.exit.then(async ({ code, signal }) => ({
      code,
      signal,
      lastOutput: await lastOutput(options.qemuLog),
    }))
    const { identity, daemons } = launched
    const about = { identity, daemons, startedAt: new Date().toISOString(), spec }
    return new Machine(parts, about, ended, options)
  }

  /** Connects to a running QEMU. Returns undefined if the process has exited; throws if it does not respond. */
  static async adopt(about: MachineRecord, options: MachineOptions): Promise<Machine | undefined> {
    const { identity } = about
    if (!(await isAlive(identity))) return undefined
    const parts = await openConnections(about.spec, about.identity, adoptDeadlineMs)
    // Not a child of this process: its exit is detected by the close of the QMP connection.
    const ended = parts.qmp.closed.then(async () => {
      await until(async () => !(await isAlive(identity)), { deadlineMs: Number.POSITIVE_INFINITY })
      return { code: null, signal: null, lastOutput: await lastOutput(options.qemuLog) }
    })
    return new Machine(parts, about, ended, options)
  }

  /** Whether the agent's port is open in the guest, i.e. init has started its services. */
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

  /** Graceful shutdown; at the deadline QMP quit, then SIGKILL. Throws `vm/stop-failed`. */
  async stop(deadlineMs: number): Promise<void> {
    // A panicked kernel cannot shut down gracefully.
    if (this.panic !== undefined) return await this.quit()
    this.#ending()
    await shutDown(this, deadlineMs)
  }

  /** Ends QEMU immediately: the machine was saved and its disk is flushed. */
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
    this.#channel?.destroy()
    await this.console[Symbol.asyncDispose]()
    await this.agent[Symbol.asyncDispose]()
    await this.qmp[Symbol.asyncDispose]()
  }
}
