/** Where docker.sock listens on the host. Live. */
import { valueOf } from '../../observe/observed.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const socket: Resource = ({ dockerSocket }, { supervisor }) => {
  const from = valueOf(supervisor)?.engineSocket
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
