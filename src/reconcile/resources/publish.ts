/** Automatic publishing of container ports, and ports that failed to open. Live. */
import type { PortStatus } from '../../net/core/port-status.ts'
import { observedValue } from '../../observation.ts'
import type { Cause } from '../plan.ts'
import { differences } from '../values.ts'
import { listenText } from './ports.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const publish: Resource = ({ desired }, { supervisor }) => {
  const facts = observedValue(supervisor)
  const failed = desired.publish.containers ? (facts?.ports ?? []).filter(isUnpublished) : []
  const causes = [...differences('publish', facts?.publish, desired.publish), ...failed.map(causeOf)]
  if (causes.length === 0) return inSync
  return change([
    operation({
      kind: 'publish/set',
      subject: 'published container ports',
      causes,
      after: ['supervisor/start', 'supervisor/replace', 'network/set', 'socket/set'],
    }),
  ])
}

/** A published port that the host does not listen on. */
export const isUnpublished = ({ owner, state }: PortStatus): boolean =>
  state === 'failed' && (owner === 'publish' || owner === 'listed')

const causeOf = (port: PortStatus): Cause => ({
  path: `publish.containers.${port.id}`,
  from: `failed: ${port.error ?? 'not listening'}`,
  to: listenText(port),
})
