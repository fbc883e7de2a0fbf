import { expect, test } from 'vitest'
import { checkArguments } from '../../../src/supervisor/api/arguments.ts'

test.each([
  ['flows', [null]],
  ['guestExec', [['true'], null]],
  ['guestWriteFile', ['/a', 'text', null]],
] as const)('a null in place of the options of %s is refused', (call, args) => {
  expect(() => checkArguments(call, args)).toThrow(
    expect.objectContaining({ code: 'supervisor/bad-request' }),
  )
})

test.each([
  ['guestExec', [['true']]],
  ['guestExec', [['true'], { timeoutMs: 1 }]],
  ['guestWriteFile', ['/a', 'text']],
  ['guestWriteFile', ['/a', 'text', 0o644]],
] as const)('%s takes its options or none: %j', (call, args) => {
  expect(() => checkArguments(call, args)).not.toThrow()
})
