/** When a service counts as running, waiting or failed. */
import { expect, test } from 'vitest'
import { convergence } from '../../../../src/apply/cluster/stack/convergence.ts'
import type { JsonValue } from '../../../../src/config/desired.ts'
import type { SwarmService, SwarmTask } from '../../../../src/engine/stack-replies.ts'

const replicated = (Replicas: number): JsonValue => ({ Replicated: { Replicas } })

const service = (more: Partial<SwarmService> = {}, spec: Record<string, JsonValue> = {}): SwarmService => ({
  id: 's',
  version: 1,
  name: 'lab_web',
  labels: {},
  spec: { Mode: replicated(2), ...spec },
  tasks: { running: 0, wanted: 2 },
  update: undefined,
  ...more,
})

const task = (place: string, state: string, error = ''): SwarmTask => ({
  id: `${place}-${state}`,
  serviceId: 's',
  place,
  state,
  error,
})
const running = ['1', '2'].map((place) => task(place, 'running'))
const look = (of: SwarmService, tasks: readonly SwarmTask[], before: readonly string[] = []) =>
  convergence(of, tasks, new Set(before))

test('all tasks must run, and keep running for the monitor time, by default that of docker', () => {
  expect(look(service(), running)).toEqual({ kind: 'running', verifyMs: 5_000 })
  expect(look(service({}, { UpdateConfig: { Monitor: 1e9 } }), running)).toEqual({
    kind: 'running',
    verifyMs: 1_000,
  })
})

test('a long monitor time is for updates, and extends their wait by each round', () => {
  const UpdateConfig = { Monitor: 1_800e9, Delay: 60e9, Parallelism: 1 }
  expect(look(service({}, { UpdateConfig }), running)).toEqual({ kind: 'running', verifyMs: 5_000 })
  const updating = service({ update: { state: 'updating', message: '' } }, { UpdateConfig })
  expect(look(updating, running)).toMatchObject({ kind: 'waiting', updateMs: 2 * 1_860_000 })
})

test('the error of a task is apart from the reason that is known without one', () => {
  expect(look(service(), [])).toMatchObject({ trouble: 'its tasks are not scheduled', error: undefined })
  expect(look(service(), [task('1', 'failed', 'exit 1')])).toMatchObject({ error: 'exit 1' })
})

test('an update that is completed has watched the tasks already', () => {
  const done = service({ update: { state: 'completed', message: '' } })
  expect(look(done, running)).toEqual({ kind: 'running', verifyMs: 0 })
})

test('an update in progress is waited for, although all tasks run', () => {
  const updating = service({ update: { state: 'updating', message: '' } })
  expect(look(updating, running)).toMatchObject({
    kind: 'waiting',
    text: 'lab_web: 2 of 2 tasks run',
    trouble: undefined,
  })
})

test.each(['new', 'assigned', 'preparing', 'starting'])('a task that is %s counts as progress', (state) => {
  expect(look(service(), [task('1', 'running'), task('2', state)])).toMatchObject({
    kind: 'waiting',
    text: 'lab_web: 1 of 2 tasks run',
    trouble: undefined,
  })
})

test('a task without a node, and one that failed since the change, are trouble with their reason', () => {
  expect(look(service(), [task('1', 'pending', 'no suitable node')])).toMatchObject({
    trouble: 'no suitable node',
  })
  const tasks = [task('1', 'starting'), task('1', 'rejected', 'No such image: x')]
  expect(look(service(), tasks)).toMatchObject({ trouble: 'No such image: x' })
  expect(look(service(), tasks, ['1-rejected'])).toMatchObject({ trouble: undefined })
})

test('two tasks of one slot count once', () => {
  expect(look(service(), [task('1', 'running'), { ...task('1', 'running'), id: 'other' }])).toMatchObject({
    kind: 'waiting',
  })
})

test.each([
  ['paused', 'the update of lab_web is paused: exit 1'],
  ['rollback_completed', 'the update of lab_web failed and was rolled back'],
  ['rollback_paused', 'the rollback of lab_web is paused: why'],
])('an update that is %s has failed', (state, message) => {
  const tasks = [...running, task('1', 'failed', 'exit 1')]
  expect(look(service({ update: { state, message: 'why' } }), tasks)).toEqual({ kind: 'failed', message })
})

test('a rollback is waited for', () => {
  expect(look(service({ update: { state: 'rollback_started', message: '' } }), running)).toMatchObject({
    kind: 'waiting',
    trouble: undefined,
  })
})

test('a global service runs once for each node that the swarm wants it on', () => {
  const global = service({ tasks: { running: 1, wanted: 2 } }, { Mode: { Global: {} } })
  expect(look(global, [task('n1', 'running')])).toMatchObject({ kind: 'waiting' })
  expect(look(global, [task('n1', 'running'), task('n2', 'running')])).toMatchObject({ kind: 'running' })
})

test('a global service or job without tasks waits for them, and names the placement', () => {
  for (const Mode of [{ Global: {} }, { GlobalJob: {} }])
    expect(look(service({ tasks: { running: 0, wanted: 0 } }, { Mode }), [])).toMatchObject({
      kind: 'waiting',
      trouble: 'no machine fits its placement',
    })
})

test('a job has converged when its tasks have started or ended, and is not verified', () => {
  const job = service({}, { Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 3 } } })
  expect(look(job, [task('1', 'complete')])).toEqual({ kind: 'running', verifyMs: 0 })
})

test('a task that ended counts only if the service is not to be restarted', () => {
  const tasks = [task('1', 'complete'), task('2', 'running')]
  expect(look(service(), tasks)).toMatchObject({ kind: 'waiting' })
  const once = service({}, { TaskTemplate: { RestartPolicy: { Condition: 'none' } } })
  expect(look(once, tasks)).toMatchObject({ kind: 'running' })
})

test('no replica is wanted, and none runs', () => {
  expect(look(service({}, { Mode: replicated(0) }), [])).toMatchObject({ kind: 'running' })
})
