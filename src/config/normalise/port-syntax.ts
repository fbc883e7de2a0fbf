/** Syntax of port mappings: docker's short syntax, and the endpoints of the long form. */
import { canonicalIP } from '../addresses.ts'

export interface LongForm {
  name?: string
  host: string | number
  guest: string | number
  protocol?: 'tcp' | 'udp'
  mode?: string
}

/** An address with a port range. */
export interface Target {
  address: string
  first: number
  last: number
}

/** `[ip:]host[-end]:guest[-end][/udp]` or `unix:PATH:guest`; undefined without a guest port. */
export function longForm(text: string): LongForm | undefined {
  const match = /^(.*?)(?:\/(tcp|udp))?$/s.exec(text)
  const body = match?.[1] ?? ''
  const cut = body.lastIndexOf(':')
  if (cut < 0) return undefined
  const protocol = match?.[2] === 'udp' ? 'udp' : 'tcp'
  return { host: body.slice(0, cut), guest: body.slice(cut + 1), protocol }
}

/** PORT, FIRST-LAST, ADDRESS:PORT or [IPv6]:PORT. */
export function parseTarget(text: string, defaultAddress: string): Target | undefined {
  const match = /^(?:\[([^\]]+)\]:|([^:]*):)?([^:]+)$/.exec(text)
  const ports = parsePorts(match?.[3] ?? '')
  const address = canonicalIP(match?.[1] ?? match?.[2] ?? defaultAddress)
  return ports === undefined || address === undefined ? undefined : { address, ...ports }
}

/** Converts another tool's notation; undefined if it is not a mapping either. */
export function respelled(text: string): string | undefined {
  const candidate = text
    .replaceAll(/\s+/g, '')
    .replace(/\/(tcp|udp)$/i, (protocol) => protocol.toLowerCase())
    .replace(/->|=/, ':')
    .replace(/^localhost:/i, '127.0.0.1:')
    .replace(/^\*:/, '0.0.0.0:')
    .replace(/^:/, '')
    .replace(/^([\d-]+)(\/(?:tcp|udp))?$/, '$1:$1$2')
  const form = longForm(candidate)
  const isWhole =
    form !== undefined &&
    parseTarget(String(form.host), '127.0.0.1') !== undefined &&
    parseTarget(String(form.guest), '127.0.0.1') !== undefined
  return isWhole && candidate !== text ? candidate : undefined
}

function parsePorts(text: string): Pick<Target, 'first' | 'last'> | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined
}
