/** guest.sshAgent: the agent that the VM reaches, and when it changes. */
import { expect, test } from 'vitest'
import { present } from '../../src/observation.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import type { SupervisorFacts } from '../../src/supervisor/api/api.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../support/reconcile/world.ts'

type Agent = SupervisorFacts['sshAgent']

function planFor(setting: boolean | string, told: Agent, userSshAgent?: string) {
  const desired = { ...aDesired, guest: { ...aDesired.guest, sshAgent: setting } }
  const target = { ...targetOf(desired), userSshAgent }
  const world = inSyncWith(target)
  if (world.supervisor.state !== 'present') throw new Error('no supervisor')
  const supervisor = present({ ...world.supervisor.value, sshAgent: told })
  const { operations, notes } = reconcile(target, { ...world, supervisor })
  const own = notes.filter(({ about }) => about === 'guest.sshAgent')
  return { operations: operations.map(({ kind, subject }) => `${kind} ${subject}`), notes: own }
}

test('without the key no agent is forwarded, whatever SSH_AUTH_SOCK says', () => {
  expect(planFor(false, undefined, '/a')).toEqual({ operations: [], notes: [] })
})

test('true forwards the agent of SSH_AUTH_SOCK', () => {
  expect(planFor(true, undefined, '/a').operations).toEqual(['ssh-agent/forward /a'])
})

test('an agent that is forwarded stays while its socket is there', () => {
  expect(planFor(true, { path: '/a' }, '/b')).toEqual({ operations: [], notes: [] })
  expect(planFor(true, { path: '/a' }).operations).toEqual([])
})

test('an agent whose socket is gone is replaced by that of SSH_AUTH_SOCK', () => {
  expect(planFor(true, { path: '/a', problem: 'nothing is there' }, '/b').operations).toEqual([
    'ssh-agent/forward /b',
  ])
})

test('a missing agent is a warning and no drift', () => {
  const unset = planFor(true, undefined)
  expect(unset).toMatchObject({ operations: [], notes: [{ level: 'warning', about: 'guest.sshAgent' }] })
  expect(unset.notes[0]).not.toHaveProperty('drift')
  const gone = planFor(true, { path: '/a', problem: 'nothing is there' })
  expect(gone).toMatchObject({ operations: [], notes: [{ level: 'warning' }] })
})

test('a path in the file wins over SSH_AUTH_SOCK and over the agent that is forwarded', () => {
  expect(planFor('/c', { path: '/a' }, '/b').operations).toEqual(['ssh-agent/forward /c'])
})

test('a key that is taken out ends the forwarding', () => {
  expect(planFor(false, { path: '/a' }).operations).toEqual(['ssh-agent/stop the SSH agent'])
})
