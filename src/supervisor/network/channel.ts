/**
 * The supervisor's way into the VM for docker.sock and terminals, and the VM's way to the SSH agent: a dedicated network
 * card, which the guest keeps in a network namespace with nothing but relays (templates/guest/init/usr/sbin/host-channel).
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { checkSocketPath } from '../../host/directories.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { FlowView } from '../../net/flows.ts'
import { PrivateLink } from '../../net/private-link.ts'

/** Nothing else sees these addresses, so that they clash with no network of the host, the VM or a container. */
export const channelNetwork: NetworkSettings = {
  subnet: '169.254.65.0/29',
  gateway: '169.254.65.1',
  host: '169.254.65.2',
  address: '169.254.65.3',
  mtu: 65_520,
}

/** Relays in the VM: to dockerd's API, to a terminal each, and to a stream of a command each. */
export const enginePort = 2375
export const shellPort = 2376
/** To who asks for published ports (supervisor/network/published.ts). */
const publishPort = 2377
const execPort = 2378
/** Of this host: what the VM dials for the user's SSH agent. */
const sshAgentPort = 2379

export class Channel implements AsyncDisposable {
  readonly #link = new PrivateLink(channelNetwork)
  #engineSocket: string | undefined
  #sshAgent: string | undefined

  /** Where docker.sock is served now; undefined when it is not. */
  get engineSocket(): string | undefined {
    return this.#engineSocket
  }

  attach(link: Socket): void {
    this.#link.attach(link)
  }

  /** A path that cannot be served leaves the one before it in force. */
  async setEngineSocket(path: string): Promise<void> {
    checkSocketPath(path)
    const before = this.#engineSocket
    const problem = await this.#serveEngine(path)
    if (problem === undefined) return
    if (before !== undefined && before !== path) await this.#serveEngine(before)
    throw new DesktopError('host/socket', `${path}: ${problem}`)
  }

  /** Gives why it cannot. */
  async #serveEngine(path: string): Promise<string | undefined> {
    const listen = { kind: 'unix', path, mode: 0o600 } as const
    const mapping = { id: 'docker.sock', protocol: 'tcp', listen } as const
    const [state] = await this.#link.setPorts('engine', [mapping], enginePort)
    const serves = state?.state === 'listening'
    this.#engineSocket = serves ? path : undefined
    return serves ? undefined : (state?.error ?? 'not listening')
  }

  /** Path of the SSH agent's socket that the VM reaches; undefined: none. */
  get sshAgent(): string | undefined {
    return this.#sshAgent
  }

  set sshAgent(path: string | undefined) {
    this.#sshAgent = path
    this.#link.setSocket(sshAgentPort, path)
  }

  /** A connection of a terminal in the VM. */
  dialShell(): Promise<Duplex> {
    return this.#link.dial(shellPort)
  }

  /** A connection of one stream of a command. */
  dialExec(): Promise<Duplex> {
    return this.#link.dial(execPort)
  }

  /** A socket file that was removed; gives its path when it is there again. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#link.restoreFiles()
  }

  /** The guest has lost its state: a peer that only reads would never notice. */
  endFlows(): void {
    this.#link.endFlows()
  }

  dialPublished(): Promise<Duplex> {
    return this.#link.dial(publishPort)
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
