/** Adapter: the gateway's resolver with real sockets, the host's resolver list and a timer. */
import { randomFillSync } from 'node:crypto'
import type { DnsSettings } from '../../../config/desired.ts'
import type { DnsClient, NamePolicy } from '../../services/dns/client.ts'
import { parseHosts } from '../../services/dns/hosts-file.ts'
import type { OwnAddresses } from '../../services/dns/local-names.ts'
import { DnsServer } from '../../services/dns/server.ts'
import type { EventLoop } from '../event-loop.ts'
import { followedFile } from './followed-file.ts'
import { hostResolvers } from './host-resolvers.ts'
import { UpstreamSockets } from './upstream-sockets.ts'

const tickMs = 100

export interface HostDnsOptions {
  settings: DnsSettings
  own: OwnAddresses
  loop: () => EventLoop
  policy?: NamePolicy
  resolvConf?: string
  hostsFile?: string
}

export class HostDns implements Disposable {
  readonly server: DnsServer
  readonly #sockets: UpstreamSockets
  #timer: NodeJS.Timeout | undefined

  constructor({ settings, own, loop, policy, resolvConf, hostsFile = '/etc/hosts' }: HostDnsOptions) {
    this.#sockets = new UpstreamSockets(loop, {
      received: (socket, message) => this.server.exchanges.received(socket, message, performance.now()),
      failed: (socket) => this.server.exchanges.failed(socket, performance.now()),
    })
    this.server = new DnsServer({
      settings,
      own,
      ...(policy === undefined ? {} : { policy }),
      transport: this.#sockets,
      systemServers: hostResolvers(resolvConf),
      systemHosts: followedFile(hostsFile, (text) => parseHosts(text ?? '', own)),
      random16: randomIds(),
    })
  }

  /** See DnsServer.handle. */
  handle(query: Uint8Array, client: DnsClient): boolean {
    const isQuery = this.server.handle(query, client, performance.now())
    if (this.#timer === undefined && this.server.exchanges.running > 0) this.#tick()
    return isQuery
  }

  /** Open file descriptors of upstream sockets. */
  get openSockets(): number {
    return this.#sockets.open
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.server.exchanges.abandon(performance.now())
    this.#sockets[Symbol.dispose]()
  }

  /** Runs only while an upstream query is pending. */
  #tick(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.server.exchanges.advance(performance.now())
      if (this.server.exchanges.running > 0) this.#tick()
    }, tickMs).unref()
  }
}

/** Query IDs from the system's random generator, fetched in batches. */
function randomIds(): () => number {
  const batch = new Uint16Array(512)
  let next = batch.length
  return () => {
    if (next === batch.length) {
      randomFillSync(batch)
      next = 0
    }
    next += 1
    return batch[next - 1]!
  }
}
