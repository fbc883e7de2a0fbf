/** resolv.conf(5): the host's resolvers and search list. */
import { encodeName } from '../../wire/domain-name.ts'
import { parseUpstream, type UpstreamServer } from './upstreams.ts'

export interface ResolvConf {
  servers: UpstreamServer[]
  search: string[]
}

/** Replaces `system` by the host's list. Removes duplicates and keeps the order. */
export function searchDomains(given: readonly string[], ofHost: () => readonly string[]): string[] {
  const all = given.flatMap((domain) => (domain === 'system' ? ofHost() : [domain]))
  return [...new Set(all.map((domain) => domain.replace(/\.$/, '')))].filter(
    (domain) => domain !== '' && encodeName(domain) !== undefined,
  )
}

/** Skips malformed lines, as the C library does; the last `search` or `domain` wins. */
export function parseResolvConf(text: string): ResolvConf {
  const conf: ResolvConf = { servers: [], search: [] }
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'search' || keyword === 'domain') conf.search = values
    if (keyword !== 'nameserver') continue
    const server = parseUpstream(values[0] ?? '')
    if (server !== undefined) conf.servers.push(server)
  }
  return conf
}
