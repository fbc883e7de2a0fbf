/**
 * The validated, defaulted and normalised `desktop.yaml`: plain values with units in their names; nothing with a
 * default is optional. Layers above `config/` read only this.
 */

import type { SshTarget } from '../host/ssh/target.ts'
import type { Platform } from './platforms.ts'

export type Accelerator = 'kvm' | 'hvf' | 'tcg'
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

export interface DesiredVm {
  cpus: number
  memoryBytes: number
  /** 0 = none. */
  swapBytes: number
  diskBytes: number
  accelerator: 'auto' | Accelerator
  /** Address space randomization in the guest: `auto` disables it under emulation. */
  aslr: 'auto' | 'always'
  /** QEMU and virtiofsd of this host, or of Debian's current release. */
  qemu: 'host' | 'debian'
  /** `desktop stop` suspends the VM instead of shutting it down. */
  suspendOnStop: boolean
}

/** IPv6 on the VM's link, in addition to IPv4. */
export interface Ipv6Settings {
  /** `PREFIX::/64`: guests autoconfigure addresses in it. */
  subnet: string
  gateway: string
  /** Address of the VM. */
  address: string
  /** Address for the host's loopback. */
  host: string
}

export interface DnsSettings {
  /** IPv4/IPv6 addresses, optionally `address:port`, or `system` = the host's resolvers, re-read on change. */
  upstreams: readonly string[]
  /** name → address, or `*.name` wildcard → address. */
  hosts: Readonly<Record<string, string>>
  split: readonly { domain: string; servers: readonly string[] }[]
  search: readonly string[]
  cache: { max: number; minTtlSeconds: number; maxTtlSeconds: number }
}

/** Egress policy. Rules are in egress-rule.ts's text form; the first match wins. */
export interface EgressSettings {
  /** Names are resolved only if a rule allows them by name; `default` is deny. */
  preset?: 'lockdown'
  default: 'allow' | 'deny'
  rules: readonly string[]
}

/** The VM's addresses on the forwarder's link. */
export interface NetworkSettings {
  /** CIDR, e.g. `192.168.65.0/24`. */
  subnet: string
  gateway: string
  /** Address of the VM's eth0. */
  address: string
  /** host.docker.internal: address for the host's loopback. */
  host: string
  mtu: number
  /** MAC address of the VM's network card. Default: the one of a single VM. */
  mac?: string
  /** Default: IPv4 only. */
  ipv6?: Ipv6Settings
}

/** Another machine on the same switch. */
export interface Peer {
  /** `m.2`. */
  machine: string
  /** Environment name of the machine. */
  environment: string
  address: string
  mac: string
  /** Name of its host; absent: the host that runs the command. */
  host?: string
}

/** A peer, and the way to its supervisor. */
export interface PeerPlace {
  address: string
  mac: string
  /** Absolute path of its control socket on this host. Absent: the peer is on another host, from where it dials. */
  control?: string
  /** The peer is on another host: ssh forwards `control` to this socket. */
  forward?: SocketForward
  /** Machines on further hosts, which have no connection to the peer: it passes through here. */
  joins?: readonly JoinedPlace[]
}

/** The way from this host to the supervisor of a machine on another one. */
export interface JoinedPlace {
  mac: string
  control: string
  forward: SocketForward
}

/** A unix socket on another host. */
export interface SocketForward {
  ssh: SshTarget
  /** Absolute path there. */
  path: string
}

/** A host of `hosts`. */
export interface MachineHost {
  name: string
  ssh: SshTarget
}

export type SwarmRole = 'manager' | 'worker'

/** A compose file to deploy. */
export interface StackFile {
  /** Name of the stack; its services are called NAME_SERVICE. */
  name: string
  /** Absolute. */
  file: string
}

/** Identity of a machine of `vms`. */
export interface MachineIdentity {
  /** `m.2`. */
  name: string
  /** Key of `vms`. */
  kind: string
  /** Number of machines in the file with the same sizing, itself included. */
  alike: number
  /** Name of the file's environment, to which all machines belong. */
  cluster: string
  /** Absent: the host that runs the command. */
  host?: MachineHost
  /** All other machines on the switch; none if machines are isolated. */
  peers: readonly Peer[]
  /** Whether its supervisor connects machines on different other hosts. */
  relays?: true
  /** Default: not a swarm node. */
  swarm?: { role: SwarmRole; labels: Readonly<Record<string, string>> }
  /** Stacks of the swarm, the same for all machines; absent if there are none. */
  stacks?: readonly StackFile[]
}

/** One listener on the host; port ranges are expanded. */
export interface PortMapping {
  /** Stable key: the user's name, or `tcp/127.0.0.1:9000` style. */
  id: string
  protocol: 'tcp' | 'udp'
  listen: { kind: 'inet'; address: string; port: number } | { kind: 'unix'; path: string; mode: number }
  guest: { address: string; port: number }
  /** The same destination at another address: a VM port that forwards to `guest`. */
  also?: { address: string; port: number }
}

/** Container names on the host. Without a port, disabled. */
export interface NameSettings {
  /** `dev.localhost`. */
  domain: string
  http?: number
  https?: number
}

export interface DesiredEngine {
  /** The complete daemon.json, with known keys only. */
  daemon: Readonly<Record<string, JsonValue>>
  /** CA certificates, one PEM text each. */
  trustedCertificates: readonly string[]
  /** Absolute path of docker.sock on the host; undefined = the environment's own runtime directory. */
  socket: string | undefined
  context: boolean
}

/** Retention of generations; the newest complete one is always kept. */
export interface HistorySettings {
  keep: number
  /** undefined = no limit. */
  maxAgeSeconds: number | undefined
}

/** A host folder in the VM. */
export interface Share {
  /** Absolute. */
  source: string
  /** Absolute, without a trailing slash. */
  target: string
  writable: boolean
  /** Whether changes on the host cause inotify events in the VM. */
  events: boolean
}

/** Assembler of the guest image: ours, or upstream's program. */
export type Builder = 'desktop' | 'linuxkit'

/** An entry of LinuxKit's `services`, with its fields unchanged. */
export interface GuestService {
  name: string
  /** Absolute path of an archive, or name of one of the guest's own images. */
  image: string
  [field: string]: JsonValue | undefined
}

/** An entry of LinuxKit's `files`; `source` is absolute. */
export interface GuestFile {
  path: string
  [field: string]: JsonValue | undefined
}

export interface Desired {
  name: string
  /** Absent for a single VM. */
  machine?: MachineIdentity
  vm: DesiredVm
  network: NetworkSettings
  dns: DnsSettings
  egress: EgressSettings
  ports: readonly PortMapping[]
  publish: { containers: boolean; bind: string }
  names: NameSettings
  engine: DesiredEngine
  shares: readonly Share[]
  guest: {
    sysctl: Readonly<Record<string, string>>
    /** SSH agent forwarding: on or off, or the path of the agent's socket. */
    sshAgent: boolean | string
    /** Emulated CPU architectures, sorted. */
    platforms: readonly Platform[]
    builder: Builder
    services: readonly GuestService[]
    files: readonly GuestFile[]
  }
  history: HistorySettings
}
