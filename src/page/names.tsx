/** Name resolution: for guests by the gateway's DNS, on the host by `names:`. */
import type { JSX } from 'preact'
import type { ContainerName } from '../cli/ui/container-names.ts'
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
              <Containers host={host} />
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

/** A link for each name and port. */
function Containers({ host }: { host: NamesView }): JSX.Element {
  const names = useData<readonly ContainerName[]>('hosts', 5_000)
  const kinds = (['http', 'https'] as const).filter(
    (kind) => host[kind] !== undefined && host.failed[kind] === undefined,
  )
  return (
    <Show of={names}>
      {(all) => (
        <Table
          head={['Container', 'Port', 'Addresses']}
          rows={all.map(({ name, container, port }) => [
            container,
            String(port),
            kinds.map((kind) => {
              const url = `${kind}://${name}.${host.domain}${portText(kind, host[kind])}`
              return (
                <div key={kind}>
                  <a href={url} target="_blank" rel="noreferrer">
                    {shown(url)}
                  </a>
                </div>
              )
            }),
          ])}
          empty="no container is running"
        />
      )}
    </Show>
  )
}

/** Browsers leave out the usual port too. */
const portText = (kind: 'http' | 'https', port: number | undefined): string =>
  port === { http: 80, https: 443 }[kind] ? '' : `:${port}`

function hostRows(host: NamesView): [string, string][] {
  return (['http', 'https'] as const).flatMap((kind): [string, string][] => {
    const port = host[kind]
    if (port === undefined) return []
    return [[kind.toUpperCase(), shown(host.failed[kind] ?? `${kind}://NAME.${host.domain}:${port}`)]]
  })
}
