/**
 * `desktop/net`: an Ethernet forwarder for virtual machines. Guests connect by streams of frames; the forwarder provides
 * DHCP, DNS, and access to external hosts by ordinary sockets of this process.
 */
import type { Duplex } from 'node:stream'

export interface Network {
  /** CIDR, e.g. `192.168.65.0/24`. */
  subnet: string
  /** Gateway: serves DHCP, DNS and NTP. */
  gateway: string
  /** Address of the first guest. */
  address: string
  /** `host.docker.internal`: reaches the host's loopback. */
  host: string
  mtu: number
  /** Default: IPv4 only. */
  ipv6?: { subnet: string; gateway: string; address: string; host: string }
}

/** Gateway .1, first guest .3, host .254 of a /24. `subnet6` is a /64; default: IPv4 only. */
export function networkIn(subnet: string, mtu: number, subnet6?: string): Network

export interface Dns {
  /** Addresses, optionally `address:port`, or `system` for the host's resolvers. */
  upstreams: readonly string[]
  /** Name or `*.name` → address. */
  hosts: Readonly<Record<string, string>>
  split: readonly { domain: string; servers: readonly string[] }[]
  search: readonly string[]
  cache: { max: number; minTtlSeconds: number; maxTtlSeconds: number }
}

/** The first matching rule wins, e.g. `allow *.debian.org:443` or `deny 10.0.0.0/8`. */
export interface Egress {
  default: 'allow' | 'deny'
  rules: readonly string[]
}

export interface PortMapping {
  /** Unique ID of the mapping. */
  id: string
  protocol: 'tcp' | 'udp'
  listen: { kind: 'inet'; address: string; port: number } | { kind: 'unix'; path: string; mode: number }
  guest: { address: string; port: number }
}

export interface PortStatus extends PortMapping {
  state: 'listening' | 'failed'
  /** Reason of the failure. */
  error?: string
  /** Open connections, or UDP clients. */
  flows: number
}

export interface Flow {
  protocol: 'tcp' | 'udp'
  /** `192.168.65.3:40000` or `[fd00::3]:40000`. */
  guest: string
  remote: string
  from: 'guest' | 'host'
  state: string
  bytesFromGuest: number
  bytesToGuest: number
}

export interface Settings {
  network: Network
  /** Default: the host's resolvers and the built-in names. */
  dns?: Dns
  /** Default: everything is allowed. */
  egress?: Egress
  /** Guests cannot reach each other. */
  isIsolated?: boolean
  /** Static leases: MAC → IPv4 address. */
  leases?: ReadonlyMap<string, string>
}

export class Forwarder implements AsyncDisposable {
  /** Throws on an invalid address or rule. */
  constructor(settings: Settings)
  /** Attaches a guest: a stream of frames with length prefixes. `u32-be` is QEMU's stream netdev. */
  attach(
    stream: Duplex,
    framing?: 'u32-be' | 'u16-le',
  ): { readonly closed: Promise<string | undefined>; close(): void }
  /** Replaces all mappings of the owner `config`, live. Mappings that cannot listen are `failed` and retried. */
  setPorts(owner: 'config', mappings: readonly PortMapping[]): Promise<readonly PortStatus[]>
  setDns(dns: Dns): void
  /** Applied live; open connections stay open. Throws on an invalid rule. */
  setEgress(egress: Egress): void
  flows(): readonly Flow[]
  /** Opens a TCP connection from the gateway to a guest. */
  dial(address: string, port: number): Promise<Duplex>
  [Symbol.asyncDispose](): Promise<void>
}
