/** A plan reports services that are as in the file and do not run. */
import { expect, test } from 'vitest'
import { withRenderedStacks } from '../../../../src/apply/cluster/stack/stacks.ts'
import type { SwarmService, SwarmTask } from '../../../../src/engine/stack-replies.ts'
import { present } from '../../../../src/observation.ts'
import { observeStacks } from '../../../../src/observe/stacks.ts'
import type { Plan } from '../../../../src/reconcile/plan.ts'
import { stackLabel } from '../../../../src/reconcile/stack/service-keys.ts'
import { fakeStack } from '../../../support/apply/fake-stack.ts'
import { deployed, stackOf, wantedService } from '../../../support/reconcile/stack.ts'
import { formed, member, seen } from '../../../support/reconcile/swarm.ts'

const places = new Map([['services.web', { file: 'stack.yaml', line: 2, column: 3 }]])
const two = { top: { Mode: { Replicated: { Replicas: 2 } } } }
const stack = stackOf([wantedService('lab_web', two)], { places })
const task = (place: string, state: string, error = ''): SwarmTask => ({
  ...{ id: `${place}-${state}`, serviceId: 'id-lab_web', place, state, error },
})

function planOf(more: Partial<SwarmService>, tasks: readonly SwarmTask[] | undefined, wanted = stack): Plan {
  const live = deployed(stack)
  const services = live.services.map((one) => ({ ...one, ...more }))
  return withRenderedStacks(
    { operations: [], notes: [], unchanged: 0 },
    {
      stacks: [{ stack: wanted, notes: [], auth: new Map(), variables: [] }],
      credentials: async () => new Map(),
    },
    {
      members: [member('m.1', 'manager')],
      observed: present({ ...live, services, ...(tasks === undefined ? {} : { tasks }) }),
    },
  )
}
const none = { running: 0, wanted: 2 }
const failed = [task('1', 'failed', 'no such image'), task('2', 'pending')]

test('a paused update of a service as in the file is drift, with the reason of a task', () => {
  const { operations, notes } = planOf(
    { update: { state: 'paused', message: 'update paused' }, tasks: none },
    failed,
  )
  expect(operations).toEqual([])
  expect(notes).toEqual([
    {
      level: 'warning',
      about: 'swarm.stack',
      message: '0 of 2 tasks of lab_web run: the update of lab_web is paused: no such image',
      hint: '`desktop docker m.1 -- service ps --no-trunc lab_web` shows its tasks',
      at: places.get('services.web'),
      drift: true,
    },
  ])
})

test('missing tasks of a service as in the file are drift, with the reason of a task', () => {
  expect(planOf({ tasks: none }, failed).notes).toMatchObject([
    { message: '0 of 2 tasks of lab_web run: no such image', drift: true },
  ])
  const one = { running: 1, wanted: 2 }
  expect(planOf({ tasks: one }, [task('1', 'running'), task('2', 'pending')]).notes).toMatchObject([
    { message: '1 of 2 tasks of lab_web run: its tasks are not scheduled', drift: true },
  ])
})

test.each<[string, Partial<SwarmService>, readonly SwarmTask[]]>([
  ['all tasks run', {}, []],
  [
    'missing tasks start',
    { tasks: { running: 1, wanted: 2 } },
    [task('1', 'running'), task('2', 'preparing')],
  ],
  ['an update is in progress', { update: { state: 'updating', message: '' }, tasks: none }, failed],
  ['a rollback is in progress', { update: { state: 'rollback_started', message: '' }, tasks: none }, failed],
  ['an earlier update was rolled back', { update: { state: 'rollback_completed', message: '' } }, []],
])('nothing is reported while %s', (_what, more, tasks) => {
  expect(planOf(more, tasks).notes).toEqual([])
})

test('without an answer about tasks, only an update that is known to be paused is reported', () => {
  expect(planOf({ tasks: none }, undefined).notes).toEqual([])
  expect(
    planOf({ update: { state: 'paused', message: 'too many failures' } }, undefined).notes,
  ).toMatchObject([
    { message: '2 of 2 tasks of lab_web run: the update of lab_web is paused: too many failures' },
  ])
})

test('reading tasks takes no longer than the deadline of the stack leaves', async () => {
  const { client } = fakeStack()
  const given: (number | undefined)[] = []
  const services = deployed(stack).services.map((one) => ({ ...one, tasks: none }))
  const members = [member('m.1', 'manager')]
  await observeStacks([{ machine: 'm.1', socket: 'm.1' }], seen(formed(members), members), true, () => ({
    ...client,
    objects: async (timeoutMs) => {
      given.push(timeoutMs)
      return { ...(await client.objects()), services }
    },
    tasks: async (_ids, timeoutMs) => {
      given.push(timeoutMs)
      return failed
    },
  }))
  expect(given).toHaveLength(2)
  expect(given.reduce<number>((sum, one = Infinity) => sum + one, 0)).toBeLessThanOrEqual(15_000)
})

test('a service that the plan updates is not reported', () => {
  const labels = { [stackLabel]: 'lab', a: 'b' }
  const changed = stackOf([wantedService('lab_web', { top: { ...two.top, Labels: labels } })], { places })
  const { operations, notes } = planOf({ tasks: none }, failed, changed)
  expect([operations.length, notes]).toEqual([1, []])
})

test('a job that has ended is not reported', () => {
  const job = { top: { Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } } } }
  const wanted = stackOf([wantedService('lab_web', job)], { places })
  const more = { spec: wanted.services[0]?.spec ?? {}, tasks: { running: 0, wanted: 1 } }
  expect(planOf(more, [task('1', 'complete')], wanted).notes).toEqual([])
})

test('tasks are read only of services that lag, and a failure to read them hides nothing else', async () => {
  const { client } = fakeStack()
  const services = deployed(stack).services.map((one) => ({ ...one, tasks: none }))
  const asked: (readonly string[])[] = []
  const lagging = (tasks: typeof client.tasks) => ({
    ...client,
    objects: async () => ({ ...(await client.objects()), services }),
    tasks,
  })
  const members = [member('m.1', 'manager')]
  const at = [{ machine: 'm.1', socket: 'm.1', isUp: true }]
  const observe = (from: typeof client) => observeStacks(at, seen(formed(members), members), true, () => from)
  const never = async (): Promise<never> => {
    throw new Error('must not be asked')
  }
  expect(await observe({ ...client, tasks: never })).not.toHaveProperty('value.tasks')
  const read = lagging(async (ids) => {
    asked.push(ids)
    return failed
  })
  expect(await observe(read)).toMatchObject({ value: { tasks: failed } })
  expect(asked).toEqual([['id-lab_web']])
  expect(await observe(lagging(never))).toMatchObject({ state: 'present', value: { services } })
})
