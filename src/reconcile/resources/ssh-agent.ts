/** SSH agent forwarding to the VM. Live. */
import { observedValue } from '../../observation.ts'
import type { Note, OperationId } from '../plan.ts'
import type { Target } from '../target.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'

const path = 'guest.sshAgent'
const after: readonly OperationId[] = ['supervisor/start', 'supervisor/replace', 'network/set']

export const sshAgent: Resource = (target, { supervisor }) => {
  const told = observedValue(supervisor)?.sshAgent
  if (target.desired.guest.sshAgent === false) {
    if (told === undefined) return notApplicable
    const causes = [{ path, from: told.path, to: 'false' }]
    return change([operation({ kind: 'ssh-agent/stop', subject: 'the SSH agent', causes, after })])
  }
  const wanted = agentOf(target, told)
  if (wanted === undefined) return { ...notApplicable, notes: [noAgent] }
  if (told?.path !== wanted) {
    const causes = [{ path, from: told?.path, to: wanted }]
    return change([operation({ kind: 'ssh-agent/forward', subject: wanted, causes, after })])
  }
  if (told.problem === undefined) return inSync
  return { ...inSync, notes: [gone(wanted, told.problem)] }
}

type Told = { path: string; problem?: string } | undefined

/**
 * A forwarded agent is kept while its socket exists: otherwise commands in two terminals with different agents would
 * replace it alternately.
 */
function agentOf({ desired, userSshAgent }: Target, told: Told): string | undefined {
  const { sshAgent: setting } = desired.guest
  if (typeof setting === 'string') return setting
  if (told !== undefined && told.problem === undefined) return told.path
  return userSshAgent ?? told?.path
}

const noAgent: Note = {
  level: 'warning',
  about: path,
  message: 'SSH_AUTH_SOCK is not set, so there is no SSH agent for the VM',
  hint: 'start one with `eval $(ssh-agent)`, or set its socket, e.g. sshAgent: ~/.ssh/agent.sock',
}

const gone = (socket: string, problem: string): Note => ({
  level: 'warning',
  about: path,
  message: `${socket}: ${problem}; the VM reaches no SSH agent`,
  hint: 'run `desktop apply` where SSH_AUTH_SOCK points to a running agent',
})
