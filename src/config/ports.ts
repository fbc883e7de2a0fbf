/** Port mappings: docker's short syntax and the long form → one mapping per listener. */
import { isAbsolute, resolve } from 'node:path'
import { isIP, parseIPv4 } from './addresses.ts'
import type { PortMapping } from './desired.ts'

export interface PortsContext {
  /** Relative unix socket paths are relative to this: the folder of desktop.yaml. */
  directory: string
  /** The VM's eth0, where a guest port without address is. */
  guestAddress: string
}

export interface LongForm {
  name?: string
  host: string | number
  guest: string | number
  protocol?: 'tcp' | 'udp'
  mode?: string
}

/** Most listeners that one entry may ask for. */
const maxRange = 65_535
const defaultBind = '127.0.0.1'

type Result = { mappings: PortMapping[] } | { problem: string; hint?: string }

interface Range {
  first: number
  last: number
}

interface Host {
  address: string
  range: Range
}

/** `[ip:]host[-end]:guest[-end][/udp]`, or `unix:PATH:guest`. */
export function parseShort(text: string, context: PortsContext): Result {
  const match = /^(.*?)(?:\/(tcp|udp))?$/.exec(text)
  const protocol = (match?.[2] ?? 'tcp') as 'tcp' | 'udp'
  const body = match?.[1] ?? ''
  const cut = body.lastIndexOf(':')
  if (cut < 0) {
    return { problem: `"${text}" has no guest port`, hint: `write HOST:GUEST, e.g. "${body || '8080'}:80"` }
  }
  return expand({ host: body.slice(0, cut), guest: body.slice(cut + 1), protocol }, context)
}

export function expand(entry: LongForm, context: PortsContext): Result {
  const protocol = entry.protocol ?? 'tcp'
  const guest = parseGuest(String(entry.guest), context)
  if (guest === undefined)
    return { problem: `"${entry.guest}" is not a guest port`, hint: 'write PORT, FIRST-LAST or ADDRESS:PORT' }
  const hostText = String(entry.host)
  if (hostText.startsWith('unix:')) return unixMapping(entry, hostText.slice(5), guest, context)
  if (entry.mode !== undefined) return { problem: 'mode is for unix sockets only' }
  const host = parseHost(hostText)
  if (host === undefined) {
    return {
      problem: `"${hostText}" is not a host address and port`,
      hint: 'write PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH',
    }
  }
  const count = host.range.last - host.range.first + 1
  const guestCount = guest.range.last - guest.range.first + 1
  if (count !== guestCount) return { problem: `${count} host ports cannot lead to ${guestCount} guest ports` }
  if (count > maxRange) return { problem: 'the range is too large' }
  const mappings = Array.from({ length: count }, (_, i): PortMapping => {
    const port = host.range.first + i
    const id =
      entry.name === undefined
        ? `${protocol}/${host.address}:${port}`
        : count === 1
          ? entry.name
          : `${entry.name}-${port}`
    return {
      id,
      protocol,
      listen: { kind: 'inet', address: host.address, port },
      guest: { address: guest.address, port: guest.range.first + i },
    }
  })
  return { mappings }
}

function unixMapping(entry: LongForm, path: string, guest: Host, context: PortsContext): Result {
  if (path === '') return { problem: 'unix: needs a path' }
  if (entry.protocol === 'udp') return { problem: 'a unix socket carries tcp only' }
  if (guest.range.first !== guest.range.last) return { problem: 'a unix socket leads to one guest port' }
  const absolute = isAbsolute(path) ? path : resolve(context.directory, path)
  const mode = Number.parseInt(entry.mode ?? '600', 8)
  const mapping: PortMapping = {
    id: entry.name ?? `unix/${absolute}`,
    protocol: 'tcp',
    listen: { kind: 'unix', path: absolute, mode },
    guest: { address: guest.address, port: guest.range.first },
  }
  return { mappings: [mapping] }
}

function parseGuest(text: string, { guestAddress }: PortsContext): Host | undefined {
  const cut = text.lastIndexOf(':')
  const range = parseRange(text.slice(cut + 1))
  const address = cut < 0 ? guestAddress : text.slice(0, cut)
  return range === undefined || parseIPv4(address) === undefined ? undefined : { address, range }
}

function parseHost(text: string): Host | undefined {
  const match = /^(?:\[([^\]]+)\]:|([^:]*):)?([^:]+)$/.exec(text)
  const range = parseRange(match?.[3] ?? '')
  const address = match?.[1] ?? match?.[2] ?? defaultBind
  return range === undefined || !isIP(address) ? undefined : { address, range }
}

function parseRange(text: string): Range | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (match === null) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined
}
