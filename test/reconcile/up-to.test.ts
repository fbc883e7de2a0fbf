import { expect, test } from 'vitest'
import type { Operation, Plan } from '../../src/reconcile/plan.ts'
import { operation } from '../../src/reconcile/resources/resource.ts'
import { upTo } from '../../src/reconcile/up-to.ts'

const planOf = (...operations: Operation[]): Plan => ({ operations, notes: [], unchanged: 0 })
const draft = (kind: Operation['kind'], rest: Partial<Operation> = {}): Operation =>
  operation({ kind, subject: '', causes: [], ...rest })
const ids = (plan: Plan): string[] => plan.operations.map(({ id }) => id)

const plan = planOf(
  draft('supervisor/start'),
  draft('ports/listen', { after: ['supervisor/start'] }),
  draft('daemon/reload', { effect: 'reload' }),
  draft('daemon/restart', { effect: 'restart-engine' }),
  draft('sysctl/set', { after: ['daemon/restart'] }),
  draft('vm/start'),
  draft('engine/ready', { after: ['vm/start'] }),
  draft('disk/recreate', { effect: 'recreate' }),
)

test('what costs more than the effect is left out, and so is all that waits for it', () => {
  expect(ids(upTo(plan, 'live'))).toEqual(['supervisor/start', 'ports/listen'])
  expect(ids(upTo(plan, 'reload'))).toEqual(['supervisor/start', 'ports/listen', 'daemon/reload'])
  expect(ids(upTo(plan, 'restart-engine'))).toContain('sysctl/set')
})

test('a machine is started only where a restart of it is allowed, and a disk is never replaced short of recreate', () => {
  expect(ids(upTo(plan, 'restart-engine'))).not.toContain('vm/start')
  expect(ids(upTo(plan, 'restart-vm'))).toContain('engine/ready')
  expect(ids(upTo(plan, 'restart-vm'))).not.toContain('disk/recreate')
})
