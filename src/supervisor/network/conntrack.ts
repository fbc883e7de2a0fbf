/**
 * Maps connections that leave the VM through NAT to containers, using the guest kernel's connection table.
 * The guest is untrusted: its data affects only the container name shown for a flow.
 */
import { isIP } from 'node:net'
import type { FlowView } from '../../net/flows.ts'
import { formatIpv6, parseIpv6 } from '../../net/wire/addresses.ts'

/** Flow key on the forwarder's side → container address. */
export type Translated = ReadonlyMap<string, string>

export const translationKey = ({
  protocol,
  guest,
  remote,
}: Pick<FlowView, 'protocol' | 'guest' | 'remote'>): string =>
  // A UDP socket of the VM may send to many destinations.
  protocol === 'udp' ? `udp ${guest}` : `tcp ${guest} ${remote}`

const maxEntries = 20_000
/** Lines of the kernel have about 200 characters. */
const maxLineLength = 512
const maxLines = 4 * maxEntries

/** A generator, because a guest can send millions of empty lines or endless ones. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0, count = 0; at < text.length && count < maxLines; count += 1) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    if (end - at <= maxLineLength) yield text.slice(at, end)
    at = end + 1
  }
}

/** A denied packet, as the forwarder recorded it. */
export interface Refused {
  protocol: 'tcp' | 'udp' | 'icmp' | 'dns'
  /** The VM's address. */
  guest: string
  /** undefined for a denied name, which is identified by the source port of its query. */
  address: string | undefined
  port: number | undefined
  guestPort: number | undefined
}

interface Tracked {
  protocol: string
  opener: string
  remote: string
  remotePort: number
  guest: string
  guestPort: number
}

/** Bounded lengths: with unbounded classes a guest's crafted line would cause quadratic backtracking. */
const end = (name: 'src' | 'dst'): string => `${name}=([0-9a-fA-F:.]{2,45})`
const portOf = (name: 'sport' | 'dport'): string => `${name}=(\\d{1,5})\\b`
const anyEnds = new RegExp(`${end('src')} ${end('dst')}(?: ${portOf('sport')} ${portOf('dport')})?`, 'g')

/** Parses the lines below, and those of ICMP, which has no ports. */
export function parseTracked(text: string): Tracked[] {
  const found: Tracked[] = []
  for (const line of linesOf(text)) {
    if (found.length >= maxEntries) break
    const protocol = /^ipv\d +\d+ (tcp|udp|icmp|icmpv6) /.exec(line)?.[1]
    const [opened, answered] = [...line.matchAll(anyEnds)]
    if (protocol === undefined || opened === undefined || answered === undefined) continue
    const opener = canonical(opened[1])
    if (isIP(opener) === 0) continue
    const [, remote, guest, remotePort = '-1', guestPort = '-1'] = answered
    found.push({
      ...{ protocol: protocol === 'icmpv6' ? 'icmp' : protocol, opener },
      ...{ remote: canonical(remote), guest: canonical(guest) },
      ...{ remotePort: Number(remotePort), guestPort: Number(guestPort) },
    })
  }
  return found
}

/** Addresses of the senders, or of the VM if it sent itself. Includes all senders to the same destination. */
export function openersOf(table: readonly Tracked[], refused: Refused): string[] {
  const { protocol, guest, address, port, guestPort } = refused
  const isIt = (one: Tracked): boolean => {
    if (one.guest !== guest) return false
    if (protocol === 'dns') return one.guestPort === guestPort && one.remotePort === 53
    return (
      one.protocol === protocol && one.remote === address && (port === undefined || one.remotePort === port)
    )
  }
  return [...new Set(table.filter(isIt).map(({ opener }) => opener))]
}

const ends = new RegExp(`${end('src')} ${end('dst')} ${portOf('sport')} ${portOf('dport')}`, 'g')

/**
 * Lines `ipv4 2 tcp 6 … src= dst= sport= dport= … src= dst= sport= dport= …`: original direction, then reply.
 */
export function parseConntrack(text: string): Translated {
  const found = new Map<string, string>()
  for (const line of linesOf(text)) {
    if (found.size >= maxEntries) break
    const protocol = /^ipv\d +\d+ (tcp|udp) /.exec(line)?.[1]
    const [opened, answered] = [...line.matchAll(ends)]
    if ((protocol !== 'tcp' && protocol !== 'udp') || opened === undefined || answered === undefined) continue
    const container = canonical(opened[1])
    const [from, to] = [canonical(answered[1]), canonical(answered[2])]
    const [, , , fromPort = '', toPort = ''] = answered
    if (container === to) continue
    const key = translationKey({ protocol, guest: endpoint(to, toPort), remote: endpoint(from, fromPort) })
    found.set(key, container)
  }
  return found
}

/** The kernel prints IPv6 addresses with all zeros; everything else has them in RFC 5952 notation. */
function canonical(address = ''): string {
  return isIP(address) === 6 ? formatIpv6(parseIpv6(address)) : address
}

const endpoint = (address: string, port: string): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
