/**
 * The channel between supervisor and VM, for docker.sock, terminals and the SSH agent: a dedicated network
 * card, which the guest keeps in a network namespace that contains only relays
 * (templates/guest/init/usr/sbin/host-channel).
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { checkSocketPath } from '../../host/directories.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { FlowView } from '../../net/flows.ts'
import { PrivateLink } from '../../net/private-link.ts'

/**
 * Only the channel uses these addresses, so they clash with no network of the host, the VM or a container.
 */
export const channelNetwork: NetworkSettings = {
  subnet: '169.254.65.0/29',
  gateway: '169.254.65.1',
  host: '169.254.65.2',
  address: '169.254.65.3',
  mtu: 65_520,
}

/** Ports of the relays in the VM, for the Docker API, terminals and streams of commands. */
export const enginePort = 2375
export const shellPort = 2376
/** Relay for published ports (supervisor/network/published.ts). */
const publishPort = 2377
const execPort = 2378
/** Causes the file events of a share (supervisor/file-events/). */
const fileEventsPort = 2380
/** Host port that the VM dials to reach the user's SSH agent. */
const sshAgentPort = 2379

export class Channel implements AsyncDisposable {
  readonly #link = new PrivateLink(channelNetwork)
  #engineSocket: string | undefined
  #sshAgent: string | undefined

  /** Current path of docker.sock; undefined if it is not served. */
  get engineSocket(): string | undefined {
    return this.#engineSocket
  }

  attach(link: Socket): void {
    this.#link.attach(link)
  }

  /** If the path cannot be served, the previous path stays in use. */
  async setEngineSocket(path: string): Promise<void> {
    checkSocketPath(path)
    const before = this.#engineSocket
    const problem = await this.#serveEngine(path)
    if (problem === undefined) return
    if (before !== undefined && before !== path) await this.#serveEngine(before)
    throw new DesktopError('host/socket', `${path}: ${problem}`)
  }

  /** Returns the reason on failure. */
  async #serveEngine(path: string): Promise<string | undefined> {
    const listen = { kind: 'unix', path, mode: 0o600 } as const
    const mapping = { id: 'docker.sock', protocol: 'tcp', listen } as const
    const [state] = await this.#link.setPorts('engine', [mapping], enginePort)
    const serves = state?.state === 'listening'
    this.#engineSocket = serves ? path : undefined
    return serves ? undefined : (state?.error ?? 'not listening')
  }

  /** Path of the SSH agent socket that the VM reaches; undefined for none. */
  get sshAgent(): string | undefined {
    return this.#sshAgent
  }

  set sshAgent(path: string | undefined) {
    this.#sshAgent = path
    this.#link.setSocket(sshAgentPort, path)
  }

  /** Connects to a new terminal in the VM. */
  dialShell(): Promise<Duplex> {
    return this.#link.dial(shellPort)
  }

  /** Connects one stream of a command in the VM. */
  dialExec(): Promise<Duplex> {
    return this.#link.dial(execPort)
  }

  /** Recreates a removed socket file; returns the paths of recreated files. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#link.restoreFiles()
  }

  /** Resets connections after the guest lost its state: a peer that only reads would never notice. */
  endFlows(): void {
    this.#link.endFlows()
  }

  dialPublished(): Promise<Duplex> {
    return this.#link.dial(publishPort)
  }

  dialFileEvents(): Promise<Duplex> {
    return this.#link.dial(fileEventsPort)
  }

  ports(): readonly PortStatus[] {
    return this.#link.ports()
  }

  flows(): readonly FlowView[] {
    return this.#link.flows()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]()
  }
}
