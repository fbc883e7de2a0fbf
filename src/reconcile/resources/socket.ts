/** Where docker.sock listens on the host. Live. */
import { known } from '../../reading.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const socket: Resource = ({ dockerSocket }, { supervisor }) => {
  const from = known(supervisor)?.engineSocket
  if (from === dockerSocket) return inSync
  return change([
    operation({
      kind: 'socket/set',
      subject: dockerSocket,
      causes: [{ path: 'engine.socket', from, to: dockerSocket }],
      after: ['supervisor/start', 'supervisor/replace', 'network/set'],
    }),
  ])
}
