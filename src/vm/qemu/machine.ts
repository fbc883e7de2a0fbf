/**
 * A running QEMU and its connections, started or adopted from an earlier supervisor. Disposing closes the connections
 * and leaves QEMU running.
 */
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { ProcessIdentity } from '../../host/identity.ts'
import type { GuestAgent } from '../agent/agent.ts'
import type { Console } from '../console.ts'
import type { Machine, MachineExit, MachineOptions } from '../driver.ts'
import { agentDeadlineMs, resumedDeadlineMs } from '../failure.ts'
import type { MachineRecord } from '../machine-record.ts'
import { panicFinder } from '../panic.ts'
import type { VmSpec } from '../spec.ts'
import { resumeCpu } from '../suspend/qemu.ts'
import type { SavedMachine } from '../suspend/saved.ts'
import { type SaveOptions, suspendMachine } from '../suspend/suspend.ts'
import { type Connections, runStatus } from './connections.ts'
import { dialQemu } from './dial-qemu.ts'
import { quit, shutDown } from './ending.ts'
import { Health } from './health.ts'
import type { Qmp } from './qmp.ts'

export class QemuMachine implements Machine {
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
  readonly #health: Health

  constructor(
    parts: Connections,
    about: MachineRecord,
    ended: Promise<MachineExit>,
    { onLink, onChannel, onReset, agentMs = agentDeadlineMs }: MachineOptions,
  ) {
    const { spec } = about
    this.spec = spec
    this.identity = about.identity
    this.startedAt = about.startedAt
    this.daemons = about.daemons
    this.qmp = parts.qmp
    this.agent = parts.agent
    this.console = parts.console
    this.#agentOpen = parts.agentOpen
    this.stalled = parts.stalled
    parts.onStalled = (stalled) => {
      this.stalled = stalled
      if (stalled) this.onStalled()
    }
    this.#health = new Health(this, parts.agentOpen)
    parts.onAgent = (open) => {
      this.#agentOpen = open
      if (open) this.#health.agentCameUp()
    }
    parts.console.onText = panicFinder((why) => {
      // QEMU reports the closed port only when the guest reboots.
      this.#agentOpen = false
      this.#health.panicked(why)
      onReset()
    })
    this.ended = ended.then((exit) => {
      this.exited = exit
      this.#health.exited(exit)
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
    parts.onStopped = () => void this.#health.paused()
    if (parts.stopped) void this.#health.paused()
    this.#health.expectAgent(agentMs, this.#over.signal)
  }

  get panic(): string | undefined {
    return this.#health.panic
  }

  get failure(): Promise<string> {
    return this.#health.failure
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
    return this.#health.orFailed(work)
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

  /** After a resume, QEMU reports the agent's port as open only after some time. */
  assumeAgent(): void {
    this.#agentOpen = true
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

  async unstall(): Promise<void> {
    await this.qmp.execute('cont')
  }

  async isHalfSuspended(): Promise<boolean> {
    // After an internal error it cannot continue; see `failure`.
    return !['running', 'io-error', 'internal-error'].includes(await runStatus(this.qmp))
  }

  abortSuspension(): Promise<void> {
    return resumeCpu(this.qmp)
  }

  async dataDiskBytes(): Promise<number> {
    type Block = { device?: unknown; inserted?: { image?: { 'virtual-size'?: unknown } } } | null
    const blocks = await this.qmp.execute('query-block')
    const data = Array.isArray(blocks) ? blocks.find((block: Block) => block?.device === 'data') : undefined
    return Number((data as Block)?.inserted?.image?.['virtual-size'] ?? 0)
  }

  async resizeDataDisk(bytes: number): Promise<void> {
    await this.qmp.execute('block_resize', { device: 'data', size: bytes })
  }

  suspend(options: SaveOptions): Promise<SavedMachine> {
    return suspendMachine(this, options)
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
