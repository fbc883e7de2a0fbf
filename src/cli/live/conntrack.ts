/**
 * Which container opened a connection that leaves the VM by NAT, from the guest kernel's table. The guest may say
 * anything: it decides the name beside a flow, and nothing else.
 */
import type { FlowView } from '../../net/flows.ts'

/** Of a flow as the forwarder sees it → address of the container. */
export type Translated = ReadonlyMap<string, string>

export const translationKey = ({
  protocol,
  guest,
  remote,
}: Pick<FlowView, 'protocol' | 'guest' | 'remote'>): string =>
  // A UDP socket of the VM sends to many.
  protocol === 'udp' ? `udp ${guest}` : `tcp ${guest} ${remote}`

const maxEntries = 20_000
const ends = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g

/** Lines `ipv4 2 tcp 6 … src= dst= sport= dport= … src= dst= sport= dport= …`: as it was opened, and as it is answered. */
export function parseConntrack(text: string): Translated {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (found.size >= maxEntries) break
    const protocol = /^ipv\d +\d+ (tcp|udp) /.exec(line)?.[1]
    const [opened, answered] = [...line.matchAll(ends)]
    if ((protocol !== 'tcp' && protocol !== 'udp') || opened === undefined || answered === undefined) continue
    const [, container = ''] = opened
    const [, from = '', to = '', fromPort = '', toPort = ''] = answered
    if (container === to) continue
    const key = translationKey({ protocol, guest: endpoint(to, toPort), remote: endpoint(from, fromPort) })
    found.set(key, container)
  }
  return found
}

const endpoint = (address: string, port: string): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
