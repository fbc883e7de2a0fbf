/** Names that the gateway answers, and where it asks for the others. Live. */
import { known } from '../../reading.ts'
import { differences } from '../values.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const dns: Resource = ({ desired }, { supervisor }) => {
  const causes = differences('network.dns', known(supervisor)?.dns, desired.dns)
  if (causes.length === 0) return inSync
  return change([
    operation({
      kind: 'dns/set',
      subject: causes.map((cause) => cause.path.replace('network.dns.', '')).join(', '),
      causes,
      after: ['supervisor/start', 'supervisor/replace'],
    }),
  ])
}
