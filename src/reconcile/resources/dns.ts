/** Names that the gateway resolves, and upstream servers. Live. */
import type { DnsSettings } from '../../config/desired.ts'
import { observedValue } from '../../observation.ts'
import { differences } from '../values.ts'
import { change, inSync, missing, operation, type Resource } from './resource.ts'

export const dns: Resource = ({ desired }, { supervisor }) => {
  const told = observedValue(supervisor)?.dns
  const causes =
    told === undefined
      ? [missing('network.dns', textOf(desired.dns))]
      : differences('network.dns', asWritten(told), asWritten(desired.dns))
  if (causes.length === 0) return inSync
  return change([
    operation({
      kind: 'dns/set',
      subject: causes.map(({ path }) => path.replace('network.dns.', '')).join(', '),
      causes,
      after: ['supervisor/start', 'supervisor/replace', 'network/set'],
    }),
  ])
}

function textOf({ hosts, upstreams }: DnsSettings): string {
  const count = Object.keys(hosts).length
  return `${count} ${count === 1 ? 'host' : 'hosts'}, ${upstreams.join(', ')}`
}

/** With the file's keys and units. */
const asWritten = ({ cache: { max, minTtlSeconds, maxTtlSeconds }, ...rest }: DnsSettings): object => ({
  ...rest,
  cache: { max, minTTL: `${minTtlSeconds}s`, maxTTL: `${maxTtlSeconds}s` },
})
