/** What each machine's history gets of an apply of several machines. */
import { expect, test } from 'vitest'
import { ownResults } from '../../../src/apply/cluster/apply.ts'
import type { Executed } from '../../../src/apply/run/execute.ts'
import { operation } from '../../../src/reconcile/resources/resource.ts'

const image = operation({ kind: 'image/build', subject: 'guest image', causes: [] })
const executed: Executed = {
  results: new Map([
    ['m.1/image/build', 'failed'],
    ['w.1/image/build', 'done'],
  ]),
  errors: [{ id: 'm.1/image/build', error: new Error('no space') }],
  milliseconds: new Map([
    ['m.1/image/build', 1],
    ['w.1/image/build', 2],
  ]),
}
const resultOf = (machine: string, neighbours: readonly string[]): unknown =>
  ownResults({ machine, neighbours }, [image], executed).results.get('image/build')

test('an operation done once per host has the result of the machine of the same host', () => {
  expect(resultOf('m.2', ['m.1', 'm.2'])).toBe('failed')
  expect(resultOf('w.2', ['w.1', 'w.2'])).toBe('done')
  expect(resultOf('w.2', ['w.2'])).toBe(undefined)
})
