/** How names are answered, and what egress rules decided. */
import type { JSX } from 'preact'
import { seconds } from '../amount.ts'
import type { DnsSettings, EgressSettings, NetworkSettings } from '../config/desired.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { EgressDenials } from '../net/forwarder.ts'
import { useData } from './live.ts'
import { Facts, Show, Table } from './parts.tsx'
import { shown } from './text.ts'

interface NamesDocument {
  dns: DnsSettings | null
  network: NetworkSettings | null
  egress: EgressSettings | null
  rules: readonly EgressRuleView[]
  denials: EgressDenials
}

export function Names(): JSX.Element {
  const names = useData<NamesDocument>('names', 2_000)
  return (
    <Show of={names}>
      {({ dns, network, egress, rules, denials }) => (
        <>
          <h2>Resolver</h2>
          <Facts
            rows={[
              ['Asked at', network?.gateway ?? '–'],
              ['Upstreams', shown(dns?.upstreams.join(', ') ?? '–')],
              ['Search', shown(dns?.search.join(', ') || '–')],
            ]}
          />
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
          <h2>Egress rules, in order{egress?.preset === undefined ? '' : ` (${egress.preset})`}</h2>
          <Table
            head={['Rule', 'Connections, datagrams, pings', 'Names']}
            rows={rules.map(({ rule, sends, names }) => [rule, String(sends), String(names)])}
            empty="none"
          />
          <h2>Denied, latest first</h2>
          <Table
            head={['Rule', 'Protocol', 'From', 'To', 'Times', 'Last']}
            rows={denials.listed.map((one) => [
              one.rule,
              one.protocol,
              one.guest,
              destination(one),
              String(one.count),
              `${seconds(one.idleMs)} ago`,
            ])}
            empty="nothing"
          />
          {denials.unlisted > 0 && <p class="dim">and {denials.unlisted} above the rate that is listed</p>}
        </>
      )}
    </Show>
  )
}

function destination({ name, address, port }: EgressDenials['listed'][number]): string {
  const to = [address, port].filter((part) => part !== null).join(' port ')
  return [name, to].filter(Boolean).join(' at ')
}
