/** Path of docker.sock on the host. Live. */
import { observedValue } from '../../observation.ts'
import { socketNotes } from '../limits.ts'
import { change, inSync, operation, type Resource } from './resource.ts'

export const socket: Resource = ({ dockerSocket }, { supervisor, host }) => {
  const facts = observedValue(supervisor)
  const served = facts?.engineSocket
  // The socket file was removed, or other users can open it.
  const problem = facts?.ports.find(({ owner }) => owner === 'engine')?.error
  if (served === dockerSocket && problem === undefined) return inSync
  const from = problem ?? served
  return change(
    [
      operation({
        kind: 'socket/set',
        subject: dockerSocket,
        causes: [{ path: 'engine.socket', from, to: dockerSocket }],
        after: ['supervisor/start', 'supervisor/replace', 'network/set'],
      }),
    ],
    socketNotes(dockerSocket, host),
  )
}
