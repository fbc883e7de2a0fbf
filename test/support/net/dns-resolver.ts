/** A resolver with fake upstream servers and a manual clock; dns-packet is the client. */
import packet, { type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import type { DnsSettings } from '../../../src/config/desired.ts'
import type { DnsClient, NamePolicy } from '../../../src/net/services/dns/client.ts'
import type { UpstreamTransport } from '../../../src/net/services/dns/exchanges.ts'
import type { Channel } from '../../../src/net/services/dns/reply.ts'
import { DnsServer } from '../../../src/net/services/dns/server.ts'
import type { UpstreamServer } from '../../../src/net/services/dns/upstreams.ts'

export const own = {
  subnet: '192.168.65.0/24',
  gateway: '192.168.65.1',
  address: '192.168.65.3',
  host: '192.168.65.254',
}

export function settings(change: Partial<DnsSettings> = {}): DnsSettings {
  return {
    upstreams: ['10.0.0.1', '10.0.0.2'],
    hosts: {},
    split: [],
    search: [],
    cache: { max: 100, minTtlSeconds: 0, maxTtlSeconds: 3600 },
    ...change,
  }
}

export interface SentUpstream {
  socket: number
  server: string
  bytes: Uint8Array
  query: DecodedPacket
}

export class FakeUpstreams implements UpstreamTransport {
  readonly sent: SentUpstream[] = []
  readonly tcp: { server: string; query: DecodedPacket; answer: (response?: Uint8Array) => void }[] = []
  waiting = 0
  readonly #servers: string[] = []

  pick(server: UpstreamServer): number {
    this.waiting += 1
    return this.#servers.push(`${server.address}:${server.port}`) - 1
  }

  send(socket: number, message: Uint8Array): void {
    const query = packet.decode(Buffer.from(message))
    this.sent.push({ socket, server: this.#servers[socket]!, bytes: message, query })
  }

  release(): void {
    this.waiting -= 1
  }

  exchangeTcp(
    server: UpstreamServer,
    message: Uint8Array,
    done: (response: Uint8Array | undefined, nowMs: number) => void,
  ): () => void {
    const query = packet.decode(Buffer.from(message))
    const answer = (response?: Uint8Array) => done(response, 0)
    this.tcp.push({ server: `${server.address}:${server.port}`, query, answer })
    return () => {}
  }
}

export type Ask = Partial<Packet> & { channel?: Channel }

export class Resolver {
  readonly upstream: FakeUpstreams = new FakeUpstreams()
  readonly server: DnsServer
  system: readonly UpstreamServer[] = []
  nowMs = 0
  #id = 0

  constructor(change: Partial<DnsSettings> = {}, policy?: NamePolicy) {
    this.server = new DnsServer({
      settings: settings(change),
      own,
      ...(policy === undefined ? {} : { policy }),
      transport: this.upstream,
      systemServers: () => this.system,
      random16: () => {
        this.#id = (this.#id * 31 + 17) & 0xffff
        return this.#id
      },
    })
  }

  /** Sends bytes; returns current and later replies. */
  raw(bytes: Uint8Array, channel: Channel = 'udp'): Uint8Array[] {
    const replies: Uint8Array[] = []
    this.server.handle(
      bytes,
      clientOf(channel, (reply) => replies.push(reply)),
      this.nowMs,
    )
    return replies
  }

  /** Sends a query and returns the decoded reply, once it has arrived. */
  ask(name: string, type: string = 'A', extra: Ask = {}): { reply: DecodedPacket | undefined; size: number } {
    const replies = this.raw(clientQuery(name, type, extra), extra.channel)
    return {
      get reply() {
        return replies[0] && packet.decode(Buffer.from(replies[0]))
      },
      get size() {
        return replies[0]?.length ?? 0
      },
    }
  }

  /** Answers the n-th upstream query. */
  respond(index: number, response: Partial<Packet>): void {
    const { socket, bytes } = this.upstream.sent.at(index)!
    this.server.exchanges.received(socket, responseTo(bytes, response), this.nowMs)
  }

  passTime(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.nowMs += Math.min(left, 100)
      this.server.exchanges.advance(this.nowMs)
    }
  }
}

/** Receives a copy of each reply. */
export function clientOf(channel: Channel, told: (reply: Uint8Array) => void): DnsClient {
  return {
    channel,
    reply: (bytes, length) => told(bytes.slice(0, length)),
    keep: () => clientOf(channel, told),
  }
}

export function clientQuery(name: string, type: string, extra: Partial<Packet> = {}): Uint8Array {
  const question = { name, type: type as 'A' }
  return packet.encode({
    type: 'query',
    id: 4660,
    flags: packet.RECURSION_DESIRED,
    questions: [question],
    ...extra,
  })
}

export function responseTo(query: Uint8Array, response: Partial<Packet>): Uint8Array {
  const { id, questions } = packet.decode(Buffer.from(query))
  return packet.encode({
    type: 'response',
    id: id ?? 0,
    flags: packet.RECURSION_DESIRED,
    questions: questions ?? [],
    ...response,
  })
}

export function a(name: string, data: string, ttl = 60): Answer {
  return { type: 'A', name, ttl, data }
}

export function soa(name: string, ttl: number, minimum: number): Answer {
  const [mname, rname] = [`ns.${name}`, `root.${name}`]
  const data = { mname, rname, serial: 1, refresh: 1, retry: 1, expire: 1, minimum }
  return { type: 'SOA', name, ttl, data }
}

export function edns(udpPayloadSize: number, flags = 0): Partial<Packet> {
  return { additionals: [{ type: 'OPT', name: '.', udpPayloadSize, flags, options: [] } as never] }
}

/** Response codes in the flags. */
export const code: Record<'formErr' | 'servFail' | 'nxDomain' | 'notImp' | 'refused', number> = {
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
}
