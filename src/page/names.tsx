/** Name resolution: for guests by the gateway's DNS, on the host by `names:`. */
import type { JSX } from 'preact'
import type { DnsSettings, NetworkSettings } from '../config/desired.ts'
import type { NamesView } from '../names/host-names.ts'
import { useData } from './live.ts'
import { Facts, Show, Table } from './parts.tsx'
import { Queries } from './queries.tsx'
import { shown } from './text.ts'

interface NamesDocument {
  /** Container names on the host; null if there are no ports for them. */
  host: NamesView | null
  dns: DnsSettings | null
  network: NetworkSettings | null
}

export function Names(): JSX.Element {
  const names = useData<NamesDocument>('names', 2_000)
  return (
    <Show of={names}>
      {({ dns, network, host }) => (
        <>
          <h2>Resolver</h2>
          <Facts
            rows={[
              ['Asked at', network?.gateway ?? '–'],
              ['Upstreams', shown(dns?.upstreams.join(', ') ?? '–')],
              ['Search', shown(dns?.search.join(', ') || '–')],
            ]}
          />
          {host !== null && (
            <>
              <h2>Containers on this host</h2>
              <Facts rows={hostRows(host)} />
            </>
          )}
          <Queries />
          <h2>Own names</h2>
          <Table head={['Name', 'Address']} rows={Object.entries(dns?.hosts ?? {})} empty="none" />
          {(dns?.split.length ?? 0) > 0 && (
            <>
              <h2>Split domains</h2>
              <Table
                head={['Domain', 'Servers']}
                rows={(dns?.split ?? []).map(({ domain, servers }) => [domain, servers.join(', ')])}
                empty="none"
              />
            </>
          )}
        </>
      )}
    </Show>
  )
}

function hostRows(host: NamesView): [string, string][] {
  return (['http', 'https'] as const).flatMap((kind): [string, string][] => {
    const port = host[kind]
    if (port === undefined) return []
    return [[kind.toUpperCase(), shown(host.failed[kind] ?? `${kind}://NAME.${host.domain}:${port}`)]]
  })
}
