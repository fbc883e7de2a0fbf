/** What a rollback of a machine says it does not restore. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import type { Generation } from '../../../src/apply/history/generation.ts'
import { notRestored } from '../../../src/apply/plan/rollback.ts'
import type { MachineIdentity } from '../../../src/config/desired.ts'
import { aDesired } from '../../support/reconcile/world.ts'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollback-'))
  file = join(dir, 'stack.yaml')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const machine: MachineIdentity = { name: 'm.1', kind: 'm', alike: 1, cluster: 'lab', peers: [] }
const said = (stacks: Generation['stacks']): string[] =>
  notRestored({ desired: { ...aDesired, machine } } as Environment, { number: 3, stacks } as Generation)
const general = 'only m.1 was rolled back: other machines, swarm roles, node labels and stacks are unchanged'

test('a compose file that differs from the generation is named, with the command that prints the earlier text', () => {
  writeFileSync(file, 'services: {}\n')
  const [first, second, ...more] = said({ [file]: 'services: { web: {} }\n' })
  expect([first, more]).toEqual([general, []])
  expect(second).toContain(`${file} is unchanged and differs from generation 3`)
  expect(second).toContain('desktop show 3 --machine m.1')
  expect(second).toContain('desktop apply --only stack')
})

test('a compose file that no longer exists is named too', () => {
  expect(said({ [file]: 'services: {}\n' })).toHaveLength(2)
})

test('a compose file with the same text is not named, although the record masks credentials', () => {
  writeFileSync(file, 'x: http://me:secret@host\n')
  expect(said({ [file]: 'x: http://xxxxx:xxxxx@host\n' })).toEqual([general])
  expect(said(undefined)).toEqual([general])
})

test('a single VM has nothing else to restore', () => {
  expect(notRestored({ desired: aDesired } as Environment, { number: 3 } as Generation)).toEqual([])
})
