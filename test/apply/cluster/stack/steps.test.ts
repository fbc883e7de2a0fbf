/** Observation, plan and steps of stacks together, with the engine in memory. */
import { beforeEach, expect, test } from 'vitest'
import type { Stacks } from '../../../../src/apply/cluster/stack/stacks.ts'
import { stackSteps } from '../../../../src/apply/cluster/stack/steps.ts'
import { PartialFailure } from '../../../../src/apply/run/execute.ts'
import { evaluate } from '../../../../src/config/load.ts'
import { present } from '../../../../src/observation.ts'
import type { Operation } from '../../../../src/reconcile/plan.ts'
import { withStacks } from '../../../../src/reconcile/stack/stacks.ts'
import type { WantedStack } from '../../../../src/reconcile/stack/wanted.ts'
import { type FakeStack, fakeStack } from '../../../support/apply/fake-stack.ts'
import { fakeSwarm } from '../../../support/apply/fake-swarm.ts'
import {
  contentSpec,
  networkSpec,
  stackOf,
  wantedObject,
  wantedService,
} from '../../../support/reconcile/stack.ts'

let engine: FakeStack
const said: string[] = []
beforeEach(() => {
  engine = fakeStack()
  said.length = 0
})

const file = evaluate(
  [{ shown: 'desktop.yaml', path: '/p/desktop.yaml' }],
  { env: {} },
  () => 'apiVersion: desktop/v1\nname: lab\nvms: { m: { swarm: manager } }',
).machines.map((desired) => ({ desired, dockerSocket: 'm.1' }))

const planOf = (stack: WantedStack): readonly Operation[] =>
  withStacks(
    { operations: [], notes: [], unchanged: 0 },
    { machine: 'm.1', stacks: [stack], observed: present(structuredClone(engine.objects)) },
  ).operations

async function stepsOf(stack: WantedStack) {
  const swarm = fakeSwarm()
  await swarm.clientOf('m.1').init('192.168.65.3', '10.0.0.0/8')
  const stacks: Stacks = {
    stacks: [{ stack, notes: [], auth: new Map(), variables: [] }],
    credentials: async () => new Map([['lab_web', 'credential']]),
  }
  return stackSteps(file, stacks, {
    clientOf: swarm.clientOf,
    stackOf: () => engine.client,
    deadlineMs: 3_000,
    pollMs: 1,
    troubleMs: 30,
  })
}

async function apply(stack: WantedStack): Promise<string[]> {
  const steps = await stepsOf(stack)
  const planned = planOf(stack)
  for (const operation of planned)
    await steps[operation.kind as keyof typeof steps]([operation], ({ message }) => said.push(message))
  return planned.map(({ id }) => id.slice('m.1/stack/'.length))
}

const web = (more: Parameters<typeof wantedService>[1] = {}) => wantedService('lab_web', more)
const full = stackOf([wantedService('lab_db'), web()], {
  configs: [wantedObject(contentSpec('lab_page', 'aGk='))],
  secrets: [wantedObject(contentSpec('lab_word', 'aGk='))],
})

test('a plan that was carried out leaves nothing to plan', async () => {
  expect(await apply(full)).toHaveLength(5)
  expect(planOf(full)).toEqual([])
})

test('one changed service is one request, and the others are not touched', async () => {
  await apply(full)
  engine.calls.length = 0
  const changed = stackOf([wantedService('lab_db'), web({ container: { Args: ['x'] } })], {
    configs: full.configs,
    secrets: full.secrets,
  })
  expect(await apply(changed)).toEqual(['update/service/lab_web'])
  expect(engine.calls).toEqual(['update service lab_web'])
  expect(planOf(changed)).toEqual([])
})

test('credentials go with the service that they are for', async () => {
  await apply(full)
  expect(engine.credentials.filter((one) => one !== undefined)).toEqual(['credential'])
})

test('references have the ids of this swarm', async () => {
  const reference = { File: { Name: 'page' }, ConfigID: 'of the stand-in', ConfigName: 'lab_page' }
  const stack = stackOf([web({ container: { Configs: [reference] } })], { configs: full.configs })
  await apply(stack)
  const task = engine.objects.services[0]?.spec.TaskTemplate
  expect(task).toMatchObject({ ContainerSpec: { Configs: [{ ...reference, ConfigID: 'id-lab_page' }] } })
})

test('a tag is resolved to its digest once, and stays on it', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  engine.digests.set('box:latest', digest)
  await apply(stackOf([web()]))
  engine.digests.set('box:latest', `sha256:${'b'.repeat(64)}`)
  await apply(stackOf([web({ container: { Args: ['x'] } })]))
  expect(engine.objects.services[0]?.spec.TaskTemplate).toMatchObject({
    ContainerSpec: { Image: `box:latest@${digest}`, Args: ['x'] },
    Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
  })
  expect(said).toEqual([])
})

test('an image without a digest is used as it is, with a notice of the reason', async () => {
  await apply(stackOf([web()]))
  expect(engine.objects.services[0]?.spec.TaskTemplate).toMatchObject({
    ContainerSpec: { Image: 'box:latest' },
  })
  expect(said).toEqual([
    'box:latest has no digest, so each machine uses the image that it has: no such image',
  ])
})

test('several services with the same image give one notice', async () => {
  const steps = await stepsOf(full)
  const services = planOf(full).filter(({ kind }) => kind === 'stack/create')
  await steps['stack/create'](services, ({ message }) => said.push(message))
  expect([services.length, said.length]).toEqual([2, 1])
})

test('another mode recreates the service', async () => {
  await apply(stackOf([web()]))
  engine.calls.length = 0
  await apply(stackOf([web({ top: { Mode: { Global: {} } } })]))
  expect(engine.calls).toEqual(['remove service lab_web', 'create service lab_web'])
})

test('a service whose mode changes is created again, although the engine refuses at first', async () => {
  await apply(stackOf([web()]))
  engine.busy = 2
  const global = stackOf([web({ top: { Mode: { Global: {} } } })])
  await apply(global)
  expect(planOf(global)).toEqual([])
})

test('a service that someone else created since the plan is not overwritten', async () => {
  const steps = await stepsOf(stackOf([web()]))
  const operations = planOf(stackOf([web()])).filter(({ kind }) => kind === 'stack/create')
  await engine.client.create('service', { ...web(), Labels: {} })
  engine.calls.length = 0
  const failure: unknown = await steps['stack/create'](operations, () => {}).catch((error: unknown) => error)
  expect([...(failure as PartialFailure).failures.values()]).toMatchObject([{ code: 'plan/stale' }])
  expect(engine.calls).toEqual([])
})

test('the swarm is read once for all services of a plan', async () => {
  const many = stackOf(Array.from({ length: 9 }, (_, index) => wantedService(`lab_s${index}`)))
  const steps = await stepsOf(many)
  const services = planOf(many).filter(({ kind }) => kind === 'stack/create')
  await steps['stack/create'](services, () => {})
  expect([engine.readings, engine.objects.services.length]).toEqual([1, 9])
})

test('a change that the swarm made in between is read again', async () => {
  await apply(stackOf([web()]))
  engine.conflicts = 2
  await apply(stackOf([web({ container: { Args: ['x'] } })]))
  expect(engine.calls.filter((call) => call.startsWith('update'))).toHaveLength(3)
})

test('what left the file is removed, once nothing uses it any more', async () => {
  const two = ['lab_default', 'lab_front'].map((name) => wantedObject(networkSpec(name)))
  await apply({ ...full, networks: two })
  engine.inUse = 2
  expect(await apply(stackOf([web()]))).toEqual([
    'remove/service/lab_db',
    'remove/network/lab_front',
    'remove/config/lab_page',
    'remove/secret/lab_word',
  ])
  expect(planOf(stackOf([web()]))).toEqual([])
})

test('labels of a config are changed without its content', async () => {
  await apply(full)
  const labelled = { ...full, configs: [wantedObject(contentSpec('lab_page', 'aGk=', { a: 'b' }))] }
  expect(await apply(labelled)).toEqual(['provide/config/lab_page'])
  expect(planOf(labelled)).toEqual([])
})

test('of several services, only the one whose tasks fail has failed', async () => {
  const steps = await stepsOf(full)
  engine.broken.add('lab_db')
  const operations = planOf(full)
  for (const operation of operations.filter(({ kind }) => kind === 'stack/provide'))
    await steps['stack/provide']([operation], () => {})
  const services = operations.filter(({ kind }) => kind === 'stack/create')
  const failure: unknown = await steps['stack/create'](services, () => {}).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(PartialFailure)
  expect([...(failure as PartialFailure).failures]).toEqual([
    ['m.1/stack/create/service/lab_db', expect.objectContaining({ code: 'swarm/service-failed' })],
  ])
})

test('steps can be repeated after a crash', async () => {
  const steps = await stepsOf(full)
  for (const operation of planOf(full)) {
    await steps[operation.kind as keyof typeof steps]([operation], () => {})
    await steps[operation.kind as keyof typeof steps]([operation], () => {})
  }
  expect(planOf(full)).toEqual([])
  const removed = planOf(stackOf([]))
  for (const operation of [...removed, ...removed])
    await steps[operation.kind as keyof typeof steps]([operation], () => {})
  expect(engine.objects.services).toEqual([])
})
