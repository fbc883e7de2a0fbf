/** vms.*.swarm and vms.*.labels: roles, and invalid swarms. */
import { expect, test } from 'vitest'
import { evaluate } from '../../../src/config/load.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'

const load = (yaml: string) =>
  evaluate(
    [{ shown: 'desktop.yaml', path: '/p/desktop.yaml' }],
    { env: {} },
    () => `apiVersion: desktop/v1\nname: dev\n${yaml}`,
  )

test('each machine has the role and the labels of its kind, and none without a role', () => {
  const yaml = 'vms: { m: { swarm: manager }, w: { count: 2, swarm: worker, labels: { disk: fast } }, x: {} }'
  expect(load(yaml).machines.map(({ machine }) => machine?.swarm)).toEqual([
    { role: 'manager', labels: {} },
    { role: 'worker', labels: { disk: 'fast' } },
    { role: 'worker', labels: { disk: 'fast' } },
    undefined,
  ])
})

test.each([1, 3, 5, 7])('%i managers are accepted', (count) => {
  expect(load(`vms: { m: { count: ${count}, swarm: manager } }`).machines).toHaveLength(count)
})

test.each([
  [
    'vms: { m: { count: 2, swarm: manager } }',
    [
      '3:20 config/bad-value the swarm would have 2 managers; their number must be odd | use 1 or 3: 2 survive no more failures than 1',
    ],
  ],
  [
    'vms: { m: { count: 3, swarm: manager }, n: { swarm: manager } }',
    [
      '3:53 config/bad-value the swarm would have 4 managers; their number must be odd | use 3 or 5: 4 survive no more failures than 3',
    ],
  ],
  [
    'vms: { w: { swarm: worker } }',
    ['3:20 config/bad-value the swarm has no manager | add a kind with swarm: manager'],
  ],
  [
    'vms: { m: { labels: { a: b } } }',
    ['3:13 config/bad-value labels are of nodes of a swarm | add swarm: worker'],
  ],
  [
    "vms: { m: { swarm: manager, labels: { ' ': a } } }",
    ['3:39 config/bad-value a label needs a name | e.g. disk: fast'],
  ],
  [
    'vms: { m: { swarm: manager, isolated: true } }',
    ['3:29 config/bad-value isolated machines cannot be in a swarm | leave out one of the two'],
  ],
  [
    'vms: { m: { swarm: manager } }\nengine: { config: { live-restore: true } }',
    [
      '4:21 config/bad-value live-restore excludes a swarm | leave it out: dockerd has no swarm with live-restore',
    ],
  ],
  [
    'vms: { m: { swarm: leader } }',
    ['3:20 config/bad-value vms.m.swarm is "leader"; it must be manager or worker'],
  ],
])('%s is refused with its place', (yaml, mistakes) => {
  expect(mistakesOf(() => load(yaml))).toEqual(mistakes)
})
