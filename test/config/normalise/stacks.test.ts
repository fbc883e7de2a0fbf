/** swarm.stack: names and files of stacks, and files that cannot have any. */
import { expect, test } from 'vitest'
import { evaluate } from '../../../src/config/load.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'

const load = (yaml: string) =>
  evaluate(
    [{ shown: 'desktop.yaml', path: '/p/desktop.yaml' }],
    { env: { HOME: '/home/me' } },
    () => `apiVersion: desktop/v1\n${yaml}`,
  )
const vms = 'vms: { m: { swarm: manager }, w: { swarm: worker } }'

test('a single file is a stack with the name of the environment, the same for all machines', () => {
  const { machines } = load(`name: shop\n${vms}\nswarm: { stack: ./stack.yaml }`)
  const stacks = [{ name: 'shop', file: '/p/stack.yaml' }]
  expect(machines.map(({ machine }) => machine?.stacks)).toEqual([stacks, stacks])
})

test('a map has a stack for each name', () => {
  const { machines } = load(`name: my.shop\n${vms}\nswarm: { stack: { web: a.yaml, db_1: sub/b.yaml } }`)
  expect(machines[0]?.machine?.stacks).toEqual([
    { name: 'web', file: '/p/a.yaml' },
    { name: 'db_1', file: '/p/sub/b.yaml' },
  ])
})

test('a file without swarm.stack has none', () => {
  for (const yaml of [`name: shop\n${vms}`, `name: shop\n${vms}\nswarm: {}`])
    expect(load(yaml).machines[0]?.machine?.stacks).toBeUndefined()
})

test.each([
  [
    'name: dev\nswarm: { stack: ./stack.yaml }',
    [
      '3:10 config/bad-value a stack needs a swarm, which the file does not have | for a swarm of one machine, replace vm by vms: { m: { swarm: manager } }',
    ],
  ],
  [
    'name: dev\nvms: { m: {} }\nswarm: { stack: ./stack.yaml }',
    [
      '4:10 config/bad-value a stack needs a swarm, which the file does not have | add swarm: manager to a kind of vms',
    ],
  ],
  [
    `name: my.shop\n${vms}\nswarm: { stack: ./stack.yaml }`,
    [
      '4:17 config/bad-value the name my.shop is not valid for a stack | give the stack a name: stack: { NAME: ./stack.yaml }',
    ],
  ],
  [
    `name: dev\n${vms}\nswarm: { stack: { "a b": s.yaml } }`,
    [
      '4:19 config/bad-value "a b" is not a valid name for a stack | use letters, digits, dashes and underscores, at most 40',
    ],
  ],
  [
    `name: dev\n${vms}\nswarm: { stack: ../stack.yaml }`,
    [
      '4:17 config/outside-tree /stack.yaml is outside the project /p | to allow it, add --allow-path /stack.yaml',
    ],
  ],
  [
    `name: dev\n${vms}\nswarm: { stack: [a.yaml] }`,
    ['4:17 config/wrong-type swarm.stack must be a string or a map, not a list'],
  ],
  [
    `name: dev\n${vms}\nswarm: { stacks: a.yaml }`,
    ['4:10 config/unknown-key unknown key "stacks" in swarm | did you mean "stack"?'],
  ],
])('%s is refused with its place', (yaml, mistakes) => {
  expect(mistakesOf(() => load(yaml))).toEqual(mistakes)
})
