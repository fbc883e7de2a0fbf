/** network.dns: upstream resolvers and built-in names. */
import { canonicalIP, isIP } from '../addresses.ts'
import type { DnsSettings, NetworkSettings } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import { parseDuration } from '../units.ts'
import type { Report } from './report.ts'

type RawDns = NonNullable<NonNullable<DesktopFile['network']>['dns']>

const at = (...path: Path): Path => ['network', 'dns', ...path]

/** Labels of letters, digits, dash and underscore, at most 63 long (RFC 1035 2.3.4, RFC 2782 for the underscore). */
const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const domainSyntax = new RegExp(`^${label}(?:\\.${label})*\\.?$`, 'i')
const isDomain = (text: string): boolean => text.length <= 253 && domainSyntax.test(text)
/** Digits and dots only: a malformed address. */
const isHostName = (text: string): boolean => text.includes('.') && isDomain(text) && !/^[\d.]+$/.test(text)
/** Names differ in case and the final dot only. */
export const sameName = (text: string): string => text.toLowerCase().replace(/\.$/, '')

export function dnsSettings(raw: RawDns, { gateway, ipv6 }: NetworkSettings, report: Report): DnsSettings {
  const server = (text: string, path: Path, system: boolean): void => {
    if (system && text === 'system') return
    const address = serverAddress(text)
    const hint = `write an IP address, IP:port${system ? ', or system' : ''}`
    if (address === undefined) report(path, `"${text}" is not a name server`, hint)
    else if (address === gateway || canonicalIP(address) === ipv6?.gateway)
      report(path, `${text} is the VM's own gateway: queries would loop`, 'use another server, or system')
  }
  const upstreams = raw.upstreams ?? ['system']
  upstreams.forEach((text, i) => {
    server(text, at('upstreams', i), true)
  })
  checkHosts(raw.hosts ?? {}, report)
  checkSplit(raw.split ?? [], report)
  raw.split?.forEach(({ servers }, i) => {
    servers.forEach((text, j) => {
      server(text, at('split', i, 'servers', j), false)
    })
  })
  raw.search?.forEach((domain, i) => {
    if (!isDomain(domain)) report(at('search', i), `"${domain}" is not a domain`, 'e.g. corp.example.com')
  })
  return {
    upstreams,
    hosts: raw.hosts ?? {},
    split: raw.split ?? [],
    search: raw.search ?? [],
    cache: cacheSettings(raw.cache ?? {}, report),
  }
}

function checkHosts(hosts: Readonly<Record<string, string>>, report: Report): void {
  const seen = new Map<string, string>()
  for (const [name, address] of Object.entries(hosts)) {
    const twin = seen.get(sameName(name))
    if (!isDomain(name.replace(/^\*\./, '')))
      report(at('hosts', name), `"${name}" is not a host name`, 'e.g. db.example.com', 'key')
    else if (twin !== undefined)
      report(at('hosts', name), `"${name}" and "${twin}" are the same name`, 'leave one out', 'key')
    if (!isIP(address) && !isHostName(address))
      report(
        at('hosts', name),
        `"${address}" is neither an IP address nor a name with a dot`,
        'e.g. 192.168.65.254 or db.example.com',
      )
    else if (sameName(address) === sameName(name))
      report(at('hosts', name), `${name} is an alias of itself`, 'give the name of another host')
    seen.set(sameName(name), name)
  }
}

function checkSplit(split: NonNullable<RawDns['split']>, report: Report): void {
  const seen = new Map<string, number>()
  split.forEach(({ domain }, i) => {
    const twin = seen.get(sameName(domain))
    if (!isDomain(domain)) {
      report(
        at('split', i, 'domain'),
        `"${domain}" is not a domain`,
        'write it without *: it matches all names below it too',
      )
    } else if (twin !== undefined) {
      report(
        at('split', i, 'domain'),
        `split[${twin}] already has servers for ${domain}`,
        'put them in one list',
      )
    }
    seen.set(sameName(domain), i)
  })
}

function cacheSettings(raw: NonNullable<RawDns['cache']>, report: Report): DnsSettings['cache'] {
  const duration = (key: 'minTTL' | 'maxTTL', fallback: number): number => {
    const text = raw[key]
    if (text === undefined) return fallback
    const seconds = parseDuration(text)
    if (seconds === undefined) report(at('cache', key), `"${text}" is not a duration`, 'write 30s, 5m or 1h')
    return seconds ?? fallback
  }
  const minTtlSeconds = duration('minTTL', 0)
  const maxTtlSeconds = duration('maxTTL', 3600)
  if (minTtlSeconds > maxTtlSeconds)
    report(at('cache', 'minTTL'), 'minTTL is longer than maxTTL', 'lower minTTL, or raise maxTTL')
  return { max: raw.max ?? 10_000, minTtlSeconds, maxTtlSeconds }
}

/** The address of `IP`, `IPv4:port` or `[IPv6]:port`. */
function serverAddress(text: string): string | undefined {
  if (isIP(text)) return text
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const address = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  return isIP(address) && port >= 1 && port <= 65_535 ? address : undefined
}
