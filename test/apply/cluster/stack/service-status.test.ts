/** What `desktop status` says of each service of a swarm. */
import { expect, test } from 'vitest'
import { serviceStatuses } from '../../../../src/apply/cluster/stack/service-status.ts'
import type { SwarmService, SwarmTask } from '../../../../src/engine/stack-replies.ts'
import { absent, present, unknown } from '../../../../src/observation.ts'

const service = (name: string, more: Partial<SwarmService> = {}): SwarmService => ({
  id: `id-${name}`,
  version: 1,
  name,
  labels: { 'com.docker.stack.namespace': 'lab' },
  spec: { Mode: { Replicated: { Replicas: 2 } } },
  tasks: { running: 2, wanted: 2 },
  update: undefined,
  ...more,
})
const task = (of: string, place: string, state: string, error = ''): SwarmTask => ({
  id: `${of}-${place}-${state}`,
  serviceId: `id-${of}`,
  place,
  state,
  error,
})
const statuses = (services: readonly SwarmService[], tasks: readonly SwarmTask[]) => {
  const found = serviceStatuses(present({ services, tasks }))
  return found.state === 'present' ? found.value : []
}
const both = (of: string): SwarmTask[] => [task(of, '1', 'running'), task(of, '2', 'running')]

test('services are sorted by name, and one outside of any stack has none', () => {
  const all = statuses(
    [service('lab_web'), service('alone', { labels: {} })],
    [...both('lab_web'), ...both('alone')],
  )
  expect(all).toEqual([
    { name: 'alone', state: 'converged', running: 2, desired: 2 },
    { name: 'lab_web', stack: 'lab', state: 'converged', running: 2, desired: 2 },
  ])
})

test('a service that has not converged shows the newest error of a place without a running task', () => {
  const counts = { tasks: { running: 1, wanted: 2 } }
  const tasks = [
    task('lab_web', '1', 'failed', 'exit 9, and it runs again'),
    task('lab_web', '1', 'running'),
    task('lab_web', '2', 'starting'),
    task('lab_web', '2', 'rejected', 'No such image: b'),
    task('lab_web', '2', 'failed', 'exit 1, earlier'),
  ]
  expect(statuses([service('lab_web', counts)], tasks)).toMatchObject([
    { state: 'converging', running: 1, desired: 2, message: 'No such image: b' },
  ])
})

test('tasks that failed before all were running again are not mentioned', () => {
  const tasks = [task('lab_web', '1', 'failed', 'exit 1'), ...both('lab_web')]
  expect(statuses([service('lab_web')], tasks)).toMatchObject([{ state: 'converged' }])
  expect(statuses([service('lab_web')], tasks)[0]).not.toHaveProperty('message')
})

test('a paused update has failed, and its reason is shown', () => {
  const update = { state: 'paused', message: 'update paused due to failure' }
  const tasks = [task('lab_web', '1', 'failed', 'exit 1'), task('lab_web', '2', 'running')]
  expect(statuses([service('lab_web', { update })], tasks)).toMatchObject([
    { state: 'failed', message: 'the update of lab_web is paused: exit 1' },
  ])
})

const rolledBack = {
  update: { state: 'rollback_completed', message: 'rollback completed', startedMs: 100, endedMs: 200 },
}
const failedAt = (changedMs: number, error: string): SwarmTask => ({
  ...task('lab_web', '1', 'failed', error),
  id: `failed-${changedMs}`,
  changedMs,
})

test('a service that runs after a rollback has converged, with the error that ended the update', () => {
  const history = [failedAt(300, 'later'), failedAt(150, 'exit 9'), failedAt(50, 'before the update')]
  const live = { services: [service('lab_web', rolledBack)], tasks: both('lab_web'), history }
  expect(serviceStatuses(present(live))).toEqual(
    present([
      { name: 'lab_web', stack: 'lab', state: 'converged', running: 2, desired: 2, rolledBack: 'exit 9' },
    ]),
  )
})

test('after a rollback, missing tasks of the version that was restored are reported as usual', () => {
  const tasks = [task('lab_web', '1', 'rejected', 'No such image'), task('lab_web', '2', 'running')]
  expect(statuses([service('lab_web', rolledBack)], tasks)).toMatchObject([
    { state: 'converging', message: 'No such image', rolledBack: 'rollback completed' },
  ])
})

test('during an update, tasks of the earlier version count as running', () => {
  const update = { state: 'updating', message: 'update in progress' }
  const tasks = [task('lab_web', '1', 'preparing')]
  expect(statuses([service('lab_web', { update })], tasks)).toMatchObject([
    { state: 'converging', running: 2, desired: 2, message: 'update in progress' },
  ])
})

test('an update that has ended does not explain a task that is missing now', () => {
  const update = { state: 'completed', message: 'update completed' }
  const [one] = statuses([service('lab_web', { update })], [task('lab_web', '1', 'starting')])
  expect(one).toMatchObject({ state: 'converging' })
  expect(one).not.toHaveProperty('message')
})

test('a task of a job that has completed counts', () => {
  const job = service('lab_job', {
    spec: { Mode: { ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } } },
    tasks: { running: 0, wanted: 0 },
  })
  expect(statuses([job], [task('lab_job', '1', 'complete')])).toMatchObject([
    { state: 'converged', running: 1, desired: 1 },
  ])
})

test('services that were not read are neither none nor running', () => {
  expect(serviceStatuses(absent)).toEqual(absent)
  expect(serviceStatuses(unknown('no quorum'))).toEqual(unknown('no quorum'))
})
