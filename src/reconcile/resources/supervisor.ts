/** The supervisor: one per environment, of this version of desktop. */
import { change, inSync, operation, type Resource } from './resource.ts'

export const supervisor: Resource = (target, { supervisor }) => {
  const subject = 'supervisor'
  switch (supervisor.state) {
    case 'absent':
      return change([
        operation({
          kind: 'supervisor/start',
          subject,
          causes: [{ path: 'supervisor', from: 'not running', to: `running ${target.toolVersion}` }],
        }),
      ])
    case 'unknown':
      return change([
        operation({
          kind: 'supervisor/replace',
          subject,
          causes: [
            {
              path: 'supervisor',
              from: supervisor.reason.replace(/^supervisor:? /, ''),
              to: `running ${target.toolVersion}`,
            },
          ],
        }),
      ])
    case 'present': {
      const { toolVersion, apiVersion } = supervisor.value
      if (toolVersion === target.toolVersion && apiVersion === target.apiVersion) return inSync
      return change([
        operation({
          kind: 'supervisor/replace',
          subject,
          causes: [{ path: 'supervisor', from: toolVersion, to: target.toolVersion }],
        }),
      ])
    }
  }
}
