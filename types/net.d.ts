/**
 * `desktop/net`: an Ethernet forwarder for virtual machines. Guests connect by streams of frames; each gets an address by
 * DHCP, names by DNS, and reaches the world through ordinary sockets of this process.
 */
import type { Duplex } from 'node:stream'

export interface Network {
  /** CIDR, e.g. `192.168.65.0/24`. */
  subnet: string
  /** Serves DHCP, DNS and the time. */
  gateway: string
  /** The first guest's. */
  address: string
  /** `host.docker.internal`: reaches the host's loopback. */
  host: string
  mtu: number
  /** Without: IPv4 only. */
  ipv6?: { subnet: string; gateway: string; address: string; host: string }
}

/** Gateway .1, first guest .3, host .254 of a /24. `subnet6` is a /64; without, IPv4 only. */
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

/** The first rule that matches decides, e.g. `allow *.debian.org:443` or `deny 10.0.0.0/8`. */
export interface Egress {
  default: 'allow' | 'deny'
  rules: readonly string[]
}

export interface PortMapping {
  /** Tells mappings apart. */
  id: string
  protocol: 'tcp' | 'udp'
  listen: { kind: 'inet'; address: string; port: number } | { kind: 'unix'; path: string; mode: number }
  guest: { address: string; port: number }
}

export interface PortStatus extends PortMapping {
  state: 'listening' | 'failed'
  /** Why it does not listen. */
  error?: string
  /** Open connections, or clients of UDP. */
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
  /** Without: the host's resolvers and the built-in names. */
  dns?: Dns
  /** Without: everything may be reached. */
  egress?: Egress
  /** Guests do not reach each other. */
  isIsolated?: boolean
  /** Static leases: MAC → IPv4 address. */
  leases?: ReadonlyMap<string, string>
}

export class Forwarder implements AsyncDisposable {
  /** Throws on what is not an address or a rule. */
  constructor(settings: Settings)
  /** Takes a guest: a stream of frames, each behind its length. `u32-be` is QEMU's stream netdev. */
  attach(
    stream: Duplex,
    framing?: 'u32-be' | 'u16-le',
  ): { readonly closed: Promise<string | undefined>; close(): void }
  /** Replaces all mappings of the owner `config`, live. One that cannot listen is `failed`, and tried again. */
  setPorts(owner: 'config', mappings: readonly PortMapping[]): Promise<readonly PortStatus[]>
  setDns(dns: Dns): void
  /** Live; open connections stay open. Throws on a text that is not a rule. */
  setEgress(egress: Egress): void
  flows(): readonly Flow[]
  /** A TCP connection from the gateway to a guest. */
  dial(address: string, port: number): Promise<Duplex>
  [Symbol.asyncDispose](): Promise<void>
}
