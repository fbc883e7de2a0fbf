/** Whether ports that containers publish appear on the host by themselves. Live. */
import { known } from '../../reading.ts'
import { differences } from '../values.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const publish: Resource = ({ desired }, { supervisor }) => {
  const causes = differences('publish', known(supervisor)?.publish, desired.publish)
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
