/** The egress policy. Live; open connections stay open. */
import { openEgress } from '../../config/egress-rule.ts'
import { observedValue } from '../../observation.ts'
import { differences } from '../values.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'

export const egress: Resource = ({ desired }, { supervisor }) => {
  const told = observedValue(supervisor)?.egress
  const causes = differences('network.egress', told ?? openEgress, desired.egress)
  // A new forwarder allows everything until it gets rules.
  if (causes.length === 0) return told === undefined ? notApplicable : inSync
  const { preset, rules } = desired.egress
  return change([
    operation({
      kind: 'egress/set',
      subject: `${preset ?? `${desired.egress.default} by default`}, ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`,
      causes,
      after: ['supervisor/start', 'supervisor/replace', 'network/set'],
    }),
  ])
}
