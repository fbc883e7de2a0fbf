/**
 * The guest's network, mounts and clock, as far as declared resources need them, read from kernel files without
 * starting a program. iptables rules are counted by the references to their modules.
 */
import ipaddr from 'ipaddr.js'
import { type Observation, present } from '../observation.ts'

export interface GuestNetwork {
  /** Default gateway; absent without a default route. */
  gateway: Observation<string>
  /** IPv4 addresses of all interfaces. */
  addresses: Observation<readonly string[]>
  mtu: Observation<number>
  nameservers: Observation<readonly string[]>
  /** Whether docker0 is up; absent if there is no such bridge. */
  bridgeUp: Observation<boolean>
  /** Forwarding rules for containers, all networks together; absent if there were never any. */
  masquerades: Observation<number>
  /** Rules for reply traffic to containers, all networks together; absent if there were never any. */
  forwards: Observation<number>
  /** Set if the VM has IPv6. */
  ipv6?: GuestIpv6
}

export interface GuestIpv6 {
  /** Addresses of all interfaces, in RFC 5952 form. */
  addresses: Observation<readonly string[]>
  /** Whether there is a default route by eth0. */
  routed: Observation<boolean>
}

const paths = {
  routes: '/proc/1/net/route',
  addresses: '/proc/1/net/fib_trie',
  mtu: '/sys/class/net/eth0/mtu',
  resolver: '/etc/resolv.conf',
  bridge: '/sys/class/net/docker0/flags',
  masquerades: '/sys/module/xt_MASQUERADE/refcnt',
  forwards: '/sys/module/xt_conntrack/refcnt',
} as const

const paths6 = {
  addresses: '/proc/1/net/if_inet6',
  routes: '/proc/1/net/ipv6_route',
} as const

export const guestNetworkPaths = (ipv6: boolean): readonly string[] => [
  ...Object.values(paths),
  ...(ipv6 ? Object.values(paths6) : []),
]

/** @param read returns the content of each of `guestNetworkPaths` */
export function guestNetwork(read: (path: string) => Observation<string>, ipv6: boolean): GuestNetwork {
  const routes = read(paths.routes)
  const gateway = routes.state === 'present' ? defaultGateway(routes.value) : undefined
  return {
    gateway:
      routes.state === 'present' ? (gateway === undefined ? { state: 'absent' } : present(gateway)) : routes,
    addresses: map(read(paths.addresses), localAddresses),
    mtu: map(read(paths.mtu), Number),
    nameservers: map(read(paths.resolver), nameservers),
    bridgeUp: map(read(paths.bridge), (flags) => (Number(flags) & interfaceUp) !== 0),
    masquerades: map(read(paths.masquerades), Number),
    forwards: map(read(paths.forwards), Number),
    ...(ipv6
      ? {
          ipv6: {
            addresses: map(read(paths6.addresses), addresses6),
            routed: map(read(paths6.routes), (routes) => defaultRoute6.test(routes)),
          },
        }
      : {}),
  }
}

/** Lines are `ADDRESS INDEX PREFIX SCOPE FLAGS NAME`, numbers in hexadecimal. */
const addresses6 = (text: string): string[] =>
  [...text.matchAll(/^([0-9a-f]{32}) /gm)].map(([, hex = '']) =>
    ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString(),
  )

/** Lines are `TO LENGTH FROM LENGTH HOP METRIC REFERENCES USE FLAGS NAME`. */
const defaultRoute6 = /^0{32} 00 .* eth0$/m

/** resolv.conf(5). */
const nameservers = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map(([, address = '']) => address)

/** IFF_UP (netdevice(7)). */
const interfaceUp = 1

const map = <T, U>(reading: Observation<T>, change: (value: T) => U): Observation<U> =>
  reading.state === 'present' ? present(change(reading.value)) : reading

/** proc_net_route(5): addresses are words in the order of a little-endian machine. */
function defaultGateway(table: string): string | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway, , , , , mask] = line.split('\t')
    if (destination !== '00000000' || mask !== '00000000' || gateway === undefined) continue
    return [...Buffer.from(gateway, 'hex')].reverse().join('.')
  }
  return undefined
}

/** Trie leaves with `/32 host LOCAL`. */
function localAddresses(trie: string): string[] {
  const found = trie.matchAll(/\|-- ([\d.]+)\n\s+\/32 host LOCAL/g)
  return [...new Set([...found].map(([, address = '']) => address))]
}
