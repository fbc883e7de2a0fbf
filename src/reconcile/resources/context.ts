/** The optional `docker context` of this environment. */
import type { Observation } from '../../observation.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'

/** docker expects unix sockets as URLs. */
export const dockerHost = (socket: string): string => `unix://${socket}`

export const contextName = (environment: string): string => `desktop-${environment}`

export const context: Resource = ({ desired, dockerSocket }, { context }) => {
  const subject = contextName(desired.name)
  const host = dockerHost(dockerSocket)
  if (desired.engine.context) {
    if (context.state === 'present' && context.value === host) return inSync
    return change([
      operation({
        kind: 'context/set',
        subject,
        causes: [{ path: 'engine.context', from: text(context), to: host }],
      }),
    ])
  }
  if (context.state !== 'present') return notApplicable
  return change([
    operation({
      kind: 'context/remove',
      subject,
      causes: [{ path: 'engine.context', from: context.value, to: undefined }],
    }),
  ])
}

const text = (reading: Observation<string>): string | undefined =>
  reading.state === 'present' ? reading.value : reading.state === 'unknown' ? reading.reason : undefined
