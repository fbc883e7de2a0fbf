/** Replies of another host are checked. */
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { type AssessedThere, replies } from '../../../src/apply/remote/protocol.ts'
import { reconcile } from '../../../src/reconcile/reconcile.ts'
import { bareHost } from '../../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../../support/reconcile/world.ts'

const assessed: AssessedThere = {
  plan: reconcile(targetOf(aDesired), bareHost),
  violations: [],
  environmentId: null,
  bootId: 'b',
  observedHash: 'o',
  hostMemoryBytes: 2 ** 30,
  isRunning: false,
  isEngineUp: false,
  ports: [],
}
const sent = (value: AssessedThere): unknown => JSON.parse(JSON.stringify(value))

test('a plan arrives as it was made', () => {
  expect(v.parse(replies.assess, sent(assessed))).toEqual(assessed)
})

test.each([
  ['of another machine', { id: 'm.1/vm/stop' }],
  ['with an unknown effect', { effect: 'none' }],
  ['with a consent of its own', { consent: 'nothing' }],
  ['with consent to the removal of a machine', { consent: 'remove:machine' }],
  ['on the swarm', { id: 'swarm/promote', kind: 'swarm/promote' }],
  ['on a stack', { id: 'stack/remove/lab/service/web', kind: 'stack/remove', subject: 'service lab_web' }],
  ['that removes a machine', { id: 'machine/remove', kind: 'machine/remove' }],
  ['with the id of another kind', { id: 'swarm/promote' }],
  ['of an unknown kind', { id: 'vm/steal', kind: 'vm/steal' }],
  ['that waits for one of another machine', { after: ['m.1/vm/start'] }],
])('an operation %s is refused', (_name, change) => {
  const [first, ...others] = assessed.plan.operations
  const operations = [{ ...first, ...change } as never, ...others]
  expect(v.is(replies.assess, sent({ ...assessed, plan: { ...assessed.plan, operations } }))).toBe(false)
})
