/** `desktop status` of several machines: each node's state, and the managers' quorum. */
import { expect, test } from 'vitest'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import { type ClusterStatus, machinesDocument, machinesView } from '../../../src/cli/views/machines.ts'
import { statusDocument } from '../../../src/cli/views/status-document.ts'
import { baseDirs, environmentPaths } from '../../../src/host/paths.ts'
import { absent, present, unknown } from '../../../src/observation.ts'
import { expectValid } from '../../support/cli/json-schemas.ts'
import { inSyncWith } from '../../support/reconcile/reality.ts'
import { formed, member, type SwarmWorld, seen } from '../../support/reconcile/swarm.ts'
import { aDesired, targetOf } from '../../support/reconcile/world.ts'

const members = [
  member('m.1', 'manager'),
  member('m.2', 'manager'),
  member('m.3', 'manager'),
  member('w.1', 'worker', { disk: 'fast' }),
]
const plain = { style: (_: unknown, text: string): string => text }

function statusOf(
  observed: ClusterStatus['observed'],
  of = members,
  services: ClusterStatus['services'] = present([]),
): ClusterStatus {
  const machines = of.map(({ machine, kind, address }) => {
    const name = `dev.${machine}`
    const desired = {
      ...aDesired,
      name,
      network: { ...aDesired.network, address },
      machine: { name: machine, kind, alike: 1, cluster: 'dev', peers: [] },
    }
    const paths = environmentPaths(name, baseDirs({ HOME: '/home/me' }))
    const environment = {
      desired,
      paths,
      files: [],
      record: undefined,
      dockerSocket: '/s',
    } as unknown as Environment
    const document = statusDocument(environment, inSyncWith(targetOf(desired)), {
      inside: absent,
      memory: absent,
      services: absent,
    })
    return [desired, document] as const
  })
  return { machines, members: of, observed, services }
}

const changed = (machine: string, more: Partial<SwarmWorld['nodes'][number]>): SwarmWorld => {
  const world = formed(members)
  return {
    ...world,
    nodes: world.nodes.map((one) => (one.id === `id-${machine}` ? { ...one, ...more } : one)),
  }
}
const manager = { isLeader: true, isReachable: true }
const lost = { state: 'down', manager: { isLeader: false, isReachable: false } } as const

test('each machine shows role, state and availability of its node, and the file how many managers answer', () => {
  const world = changed('m.1', { manager })
  const nodes = world.nodes.map((one) => (one.id === 'id-m.3' ? { ...one, ...lost } : one))
  const drained = nodes.map((one) => (one.id === 'id-w.1' ? { ...one, availability: 'drain' as const } : one))
  const view = machinesView(statusOf(seen({ ...world, nodes: drained }, members)), plain)
  expect(view.split('\n').slice(0, 6)).toEqual([
    'dev  4 of 4 running',
    '  swarm: 2 of 3 managers answer, 2 needed',
    '  m.1  10.1.109.1  running    leader         containers: web, db',
    '  m.2  10.1.109.2  running    manager        containers: web, db',
    '  m.3  10.1.109.3  running    manager, down  containers: web, db',
    '  w.1  10.1.119.1  running    worker, drain  containers: web, db',
  ])
})

test('a file without a swarm shows neither nodes nor managers', () => {
  const alone = [member('m.1'), member('m.2')]
  const document = machinesDocument(statusOf(seen(formed(alone), alone), alone))
  expectValid('machines', document)
  expect(document.swarm).toBeUndefined()
  expect(document.services).toBeUndefined()
  expect(document.machines.map(({ node }) => node)).toEqual([undefined, undefined])
})

test.each([
  ['whole', seen(changed('m.1', { manager }), members), 'ok'],
  ['a manager is down', seen(changed('m.3', lost), members), 'ok'],
  ['without a quorum', { ...seen(formed(members), members), nodes: unknown('no leader') }, 'unknown'],
  ['not formed yet', { selves: {}, nodes: absent }, 'unknown'],
] as const)('the JSON of a swarm is as its schema says: %s', (_, observed, state) => {
  const document = machinesDocument(statusOf(observed))
  expectValid('machines', document)
  expect(document.swarm?.state).toBe(state)
})

const webAndApi = present([
  { name: 'lab_api', stack: 'lab', state: 'converging', running: 0, desired: 2, message: 'No such\nimage' },
  { name: 'lab_web', stack: 'lab', state: 'converged', running: 6, desired: 6 },
  { name: 'lab_old', state: 'converged', running: 1, desired: 1, rolledBack: 'exit 9' },
] as const)

test.each([
  [
    webAndApi,
    [
      '  services: 2 of 3 converged',
      '    lab_api  0/2  No such\\nimage',
      '    lab_web  6/6',
      '    lab_old  1/1  last update rolled back: exit 9',
      '    `desktop docker m.1 -- service ps --no-trunc lab_api` shows its tasks',
    ],
  ],
  [present([]), ['  services: none']],
  [unknown('no answer'), ['  services: unknown: no answer']],
  [absent, []],
] as const)(
  'services are listed with their replicas and the reason why one has not converged',
  (services, lines) => {
    const status = statusOf(seen(formed(members), members), members, services)
    expectValid('machines', machinesDocument(status))
    expect(machinesView(status, plain).split('\n').slice(6, -2)).toEqual(lines)
  },
)
