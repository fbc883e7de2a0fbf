/** Upstream selection: servers of a name, and their order by health. */
import ipaddr from 'ipaddr.js'
import type { DnsSettings } from '../../../config/desired.ts'
import { ancestors, canonicalName } from '../../wire/domain-name.ts'

export interface UpstreamServer {
  /** IP address, with `%zone` for a link-local one. */
  address: string
  port: number
}

/** `10.0.0.53`, `10.0.0.53:5353`, `fd00::1`, `[fd00::1]:5353`; undefined for other text. */
export function parseUpstream(text: string): UpstreamServer | undefined {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text)
  const dotted = /^([\d.]+)(?::(\d+))?$/.exec(text)
  const [, address, port = '53'] = bracketed ?? dotted ?? ['', text]
  if (address === undefined || !isAddress(address)) return undefined
  const number = Number(port)
  return number >= 1 && number <= 65_535 ? { address, port: number } : undefined
}

function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}

/** Servers of the settings, with `system` replaced by the host's current servers. */
export class Routes {
  readonly #default: readonly UpstreamServer[]
  readonly #split: ReadonlyMap<string, readonly UpstreamServer[]>

  constructor(settings: Pick<DnsSettings, 'upstreams' | 'split'>, system: readonly UpstreamServer[]) {
    const expand = (texts: readonly string[]): UpstreamServer[] =>
      texts.flatMap((text) => (text === 'system' ? system : (parseUpstream(text) ?? [])))
    this.#default = expand(settings.upstreams)
    this.#split = new Map(
      settings.split.map(({ domain, servers }) => [canonicalName(domain), expand(servers)]),
    )
  }

  /** Servers of the longest matching split domain, otherwise the default; may be empty. */
  serversFor(name: string): readonly UpstreamServer[] {
    for (const suffix of ancestors(name)) {
      const servers = this.#split.get(suffix)
      if (servers !== undefined) return servers
    }
    return this.#default
  }
}

const unwellAfterFailures = 2
const unwellForMs = 20_000

/** Tracks servers that do not respond, so that not every query waits for a dead one first. */
export class ServerHealth {
  readonly #failures = new Map<string, { count: number; atMs: number }>()

  failed(server: UpstreamServer, nowMs: number): void {
    const count = (this.#failures.get(keyOf(server))?.count ?? 0) + 1
    this.#failures.set(keyOf(server), { count, atMs: nowMs })
  }

  answered(server: UpstreamServer): void {
    if (this.#failures.size > 0) this.#failures.delete(keyOf(server))
  }

  forget(): void {
    this.#failures.clear()
  }

  /** In the given order, with unhealthy servers last: they are queried only if no other responds. */
  ordered(servers: readonly UpstreamServer[], nowMs: number): readonly UpstreamServer[] {
    if (this.#failures.size === 0) return servers
    const isUnwell = (server: UpstreamServer) => {
      const failure = this.#failures.get(keyOf(server))
      return (
        failure !== undefined && failure.count >= unwellAfterFailures && nowMs - failure.atMs < unwellForMs
      )
    }
    return [...servers.filter((server) => !isUnwell(server)), ...servers.filter(isUnwell)]
  }
}

function keyOf({ address, port }: UpstreamServer): string {
  return `${address}#${port}`
}
