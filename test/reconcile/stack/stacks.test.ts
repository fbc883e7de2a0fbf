/** Plans of stacks: which operations, in which order, with which causes, and which objects stay. */
import { expect, test } from 'vitest'
import { absent, present, unknown } from '../../../src/observation.ts'
import type { LiveObjects, ObservedStacks } from '../../../src/observe/stacks.ts'
import type { Operation, Plan } from '../../../src/reconcile/plan.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'
import { stackLabel } from '../../../src/reconcile/stack/service-keys.ts'
import { withStacks } from '../../../src/reconcile/stack/stacks.ts'
import type { RefusedStack, WantedStack } from '../../../src/reconcile/stack/wanted.ts'
import { planText } from '../../../src/reconcile/text.ts'
import {
  contentSpec,
  deployed,
  liveService,
  networkSpec,
  stackOf,
  wantedObject,
  wantedService,
} from '../../support/reconcile/stack.ts'

const nothing: Plan = { operations: [], notes: [], unchanged: 0 }
const planOf = (
  stacks: readonly (WantedStack | RefusedStack)[],
  observed: ObservedStacks,
  before: Plan = nothing,
): Plan => withStacks(before, { machine: 'm.1', stacks, observed })
const text = (...given: Parameters<typeof planOf>): string[] =>
  planText(planOf(...given))
    .trim()
    .split('\n')

const web = wantedService('lab_web')
const db = wantedService('lab_db')
const empty: LiveObjects = { services: [], networks: [], configs: [], secrets: [] }

test('a new stack is created: what services use first, then the services', () => {
  const stack = stackOf([db, web], {
    configs: [wantedObject(contentSpec('lab_page', 'aGk='))],
    secrets: [wantedObject(contentSpec('lab_word', 'aGk='))],
  })
  const provided =
    'm.1/stack/provide/network/lab_default, m.1/stack/provide/config/lab_page, m.1/stack/provide/secret/lab_word'
  expect(text([stack], present(empty))).toEqual([
    'm.1/stack/provide/network/lab_default live (swarm.stack.lab_default: ∅ → network)',
    'm.1/stack/provide/config/lab_page live (swarm.stack.lab_page: ∅ → config)',
    'm.1/stack/provide/secret/lab_word live (swarm.stack.lab_word: ∅ → secret)',
    `m.1/stack/create/service/lab_db live (swarm.stack.lab_db: ∅ → box:latest) after ${provided}`,
    `m.1/stack/create/service/lab_web live (swarm.stack.lab_web: ∅ → box:latest) after ${provided}`,
    'unchanged 0',
  ])
})

test('a stack that is deployed has no operation', () => {
  const stack = stackOf([db, web], { configs: [wantedObject(contentSpec('lab_page', 'aGk='))] })
  expect(text([stack], present(deployed(stack)))).toEqual(['unchanged 4'])
})

test('a changed label of one service updates only that one, and names its tasks', () => {
  const before = stackOf([db, web])
  const changed = wantedService('lab_web', { container: { Labels: { [stackLabel]: 'lab', a: 'c' } } })
  const places = new Map([['services.web.labels', { file: 'stack.yaml', line: 4, column: 5 }]])
  const plan = planOf([stackOf([db, changed], { places })], present(deployed(before)))
  expect(planText(plan).trim().split('\n')).toEqual([
    'm.1/stack/update/service/lab_web live (swarm.stack.lab_web.labels.a: ∅ → c) stops lab_web (2 tasks)',
    'unchanged 2',
  ])
  expect(plan.operations[0]?.causes[0]?.at).toEqual({ file: 'stack.yaml', line: 4, column: 5 })
})

test('a key whose text has a variable shows that text, and neither its value nor the earlier one', () => {
  const before = wantedService('lab_web', {
    container: { Args: ['old'], Labels: { [stackLabel]: 'lab', t: 'x' } },
  })
  const changed = wantedService('lab_web', {
    container: { Image: 'box:2', Args: ['new', 'p'], Labels: { [stackLabel]: 'lab', t: 'y' } },
  })
  const written = new Map([
    ['services.web.command', 'echo ${P}'],
    ['services.web.labels.0', 't=${T}'],
    ['services.db.image', 'box:${TAG}'],
  ])
  const plan = planOf([stackOf([db, changed], { written })], present(deployed(stackOf([before]))))
  expect(plan.operations.flatMap(({ causes }) => causes)).toEqual([
    { path: 'swarm.stack.lab_db', from: undefined, to: 'box:${TAG}' },
    { path: 'swarm.stack.lab_web.command', from: '(not shown)', to: 'echo ${P}' },
    { path: 'swarm.stack.lab_web.image', from: 'box:latest', to: 'box:2' },
    { path: 'swarm.stack.lab_web.labels.t', from: '(not shown)', to: '(not shown)' },
  ])
})

test('a value that came from a variable stays hidden once the file has no variable', () => {
  const before = wantedService('lab_web', {
    container: {
      Image: 'box:1',
      Args: ['serve', '--token', 'hunter2'],
      Command: ['run', 'hunter2'],
      Labels: { [stackLabel]: 'lab', t: 'hunter2' },
      Healthcheck: { Test: ['CMD', 'check', 'hunter2'], Interval: 1e9 },
      Mounts: [{ Target: '/a', VolumeOptions: { DriverConfig: { Options: { o: 'hunter2' } } } }],
    },
    task: { LogDriver: { Name: 'splunk', Options: { 'splunk-token': 'hunter2' } } },
    top: { Labels: { [stackLabel]: 'lab', t: 'hunter2' } },
  })
  const changed = wantedService('lab_web', { container: { Image: 'box:2', Args: ['serve'] } })
  const page = (labels: Record<string, string>) => [wantedObject(contentSpec('lab_page', 'aGk=', labels))]
  const plan = planOf(
    [stackOf([changed], { configs: page({}) })],
    present(deployed(stackOf([before], { configs: page({ t: 'hunter2' }) }))),
  )
  expect(JSON.stringify(plan)).not.toContain('hunter2')
  const causes = new Map(plan.operations.flatMap((one) => one.causes.map((cause) => [cause.path, cause])))
  expect(causes.get('swarm.stack.lab_web.command')).toMatchObject({ from: '(not shown)', to: '["serve"]' })
  expect(causes.get('swarm.stack.lab_web.image')).toMatchObject({ from: 'box:1', to: 'box:2' })
  expect(causes.get('swarm.stack.lab_web.healthcheck.interval')).toMatchObject({ from: '1s' })
  expect(causes.get('swarm.stack.lab_web.logging.driver')).toMatchObject({ from: 'splunk' })
})

test('options of a volume with a variable are not shown as mounts of a service', () => {
  const mount = (o: string) => ({
    container: { Mounts: [{ Target: '/a', VolumeOptions: { DriverConfig: { Options: { o } } } }] },
  })
  const has = stackOf([wantedService('lab_web', mount('old'))])
  const wanted = stackOf([wantedService('lab_web', mount('new'))], {
    written: new Map([['volumes.data.driver_opts.o', '${O}']]),
  })
  const [one] = planOf([wanted], present(deployed(has))).operations
  expect(one?.causes).toEqual([
    { path: 'swarm.stack.lab_web.volumes', from: '(not shown)', to: '(not shown)' },
  ])
})

test('a change that no task is replaced for stops nothing; scaling down stops the surplus', () => {
  const three = wantedService('lab_web', { top: { Mode: { Replicated: { Replicas: 3 } } } })
  const labelled = wantedService('lab_web', { top: { Labels: { [stackLabel]: 'lab', x: 'y' } } })
  const placed = wantedService('lab_web', { task: { Placement: { Constraints: ['node.role == worker'] } } })
  const interruption = (has: typeof web, wanted: typeof web) =>
    planOf([stackOf([wanted])], present(deployed(stackOf([has])))).operations[0]?.interruption
  expect(interruption(web, labelled)).toEqual({ kind: 'none' })
  expect(interruption(web, three)).toEqual({ kind: 'none' })
  expect(interruption(three, web)).toEqual({ kind: 'containers', names: ['lab_web (2 tasks)'] })
  expect(interruption(web, placed)).toEqual({ kind: 'unknown' })
})

test('what left the file is removed: services before new ones, the rest after all services', () => {
  const before = stackOf([web], {
    networks: ['lab_default', 'lab_front'].map((name) => wantedObject(networkSpec(name))),
    configs: [wantedObject(contentSpec('lab_page', 'aGk='))],
  })
  const after = 'm.1/stack/remove/service/lab_web, m.1/stack/create/service/lab_db'
  expect(text([stackOf([db])], present(deployed(before)))).toEqual([
    'm.1/stack/remove/service/lab_web live (swarm.stack.lab_web: running → ∅) stops lab_web (2 tasks)',
    'm.1/stack/create/service/lab_db live (swarm.stack.lab_db: ∅ → box:latest) after m.1/stack/remove/service/lab_web',
    `m.1/stack/remove/network/lab_front live (swarm.stack.lab_front: network → ∅) after ${after}`,
    `m.1/stack/remove/config/lab_page live (swarm.stack.lab_page: config → ∅) after ${after}`,
    'unchanged 1',
  ])
})

test('a stack that the file does not have is left alone, with a note', () => {
  const live = deployed(stackOf([web]))
  expect(text([], present(live))).toEqual([
    'note info swarm.stack: the stack lab is not in the file; it is left alone',
    'unchanged 0',
  ])
  const foreign = { ...live, services: [liveService('single', { Name: 'single' })] }
  expect(text([], present(foreign))).toEqual(['unchanged 0'])
})

test('without an answer of a manager nothing is planned, and the note has the reason', () => {
  expect(text([stackOf([web])], unknown('m.1 is busy'))).toEqual([
    'note info swarm.stack: the stack lab is not compared: m.1 is busy',
    'unchanged 0',
  ])
  expect(text([stackOf([web])], absent)).toEqual([
    'note info swarm.stack: the stack lab is not compared: no manager answers',
    'unchanged 0',
  ])
})

const swarmOperation = (kind: Operation['kind'], machine: string): Operation =>
  operation({ kind, machine, id: `${machine}/${kind}` as Operation['id'], subject: '', causes: [] })

test('in a new swarm, a stack is created after all nodes have joined and have labels', () => {
  const before = [swarmOperation('swarm/init', 'm.1'), swarmOperation('swarm/labels', 'w.1')]
  const { operations } = planOf([stackOf([web])], absent, { ...nothing, operations: before })
  expect(operations.map(({ id }) => id)).toEqual([
    'm.1/swarm/init',
    'w.1/swarm/labels',
    'm.1/stack/provide/network/lab_default',
    'm.1/stack/create/service/lab_web',
  ])
  expect(operations[2]?.after).toEqual(['m.1/swarm/init', 'w.1/swarm/labels'])
})

test('an invalid file is an error, and other stacks are planned', () => {
  const refused = { level: 'error', about: 'swarm.stack', message: 'bad' } as const
  const lines = text([{ name: 'x', refused, variables: [] }, stackOf([web])], present(empty))
  expect(lines.filter((line) => line.startsWith('note'))).toEqual(['note error swarm.stack: bad'])
  expect(lines).toHaveLength(4)
})

test('a stack waits for external objects that do not exist', () => {
  const stack = stackOf([web], { external: { networks: ['outer'], configs: [], secrets: ['key'] } })
  expect(text([stack], present(empty))).toEqual([
    'note warning swarm.stack: the stack lab waits for the external network outer, which does not exist',
    'note warning swarm.stack: the stack lab waits for the external secret key, which does not exist',
    'unchanged 0',
  ])
  const outer = { id: 'x', name: 'outer', labels: {}, spec: {} }
  const [key] = deployed(stackOf([], { secrets: [wantedObject(contentSpec('key', ''))] })).secrets
  expect(
    planOf(
      [stack],
      present({ ...empty, networks: [outer], secrets: key === undefined ? [] : [{ ...key, labels: {} }] }),
    ).operations,
  ).toHaveLength(2)
})

test('a service of the same name that is not part of the stack is an error, and stays', () => {
  const live = deployed(stackOf([]))
  const other = liveService('lab_web', wantedService('lab_web', { top: { Labels: {} } }))
  expect(text([stackOf([web])], present({ ...live, services: [other] }))).toEqual([
    'note error swarm.stack: the service lab_web exists and is not part of the stack lab',
    'unchanged 1',
  ])
})

test('two stacks with the same object are an error', () => {
  const other = { ...stackOf([web]), name: 'other' }
  const messages = planOf([stackOf([db]), other], present(empty)).notes.map(({ message }) => message)
  expect(messages).toEqual(['two stacks have the network lab_default'])
})

test.each([
  [
    'network',
    { networks: [wantedObject(networkSpec('lab_default', { Attachable: true }))] },
    'a different attachable value',
  ],
  ['config', { configs: [wantedObject(contentSpec('lab_page', 'bmV3'))] }, 'different content'],
  [
    'secret',
    { secrets: [wantedObject(contentSpec('lab_word', 'bmV3', { 'desktop.content': '1:2' }))] },
    'different content',
  ],
])('another %s under the same name is an error, because the engine cannot change it', (kind, more, what) => {
  const before = stackOf([web], {
    configs: [wantedObject(contentSpec('lab_page', 'aGk='))],
    secrets: [wantedObject(contentSpec('lab_word', 'aGk=', { 'desktop.content': '1:1' }))],
  })
  const places = new Map([['configs.page', { file: 'stack.yaml', line: 9, column: 3 }]])
  const { operations, notes } = planOf([{ ...before, ...more, places }], present(deployed(before)))
  expect(operations).toEqual([])
  expect(notes.map(({ level, message }) => [level, message])).toEqual([
    ['error', expect.stringContaining(`the ${kind} lab_`)],
  ])
  expect(notes[0]?.message).toMatch(`has ${what} in the swarm, and cannot be changed`)
  expect(notes[0]?.at).toEqual(kind === 'config' ? places.get('configs.page') : undefined)
})

test('labels of configs and secrets are changed in place', () => {
  const page = (labels: Record<string, string>) => [wantedObject(contentSpec('lab_page', 'aGk=', labels))]
  const before = stackOf([web], { configs: page({ a: 'b' }) })
  expect(text([{ ...before, configs: page({ c: 'd' }) }], present(deployed(before)))).toEqual([
    'm.1/stack/provide/config/lab_page live (swarm.stack.lab_page.labels.a: (not shown) → ∅; swarm.stack.lab_page.labels.c: ∅ → d)',
    'unchanged 2',
  ])
})
