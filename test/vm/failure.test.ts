import { expect, test } from 'vitest'
import { acceleratorExit, acceleratorStop } from '../../src/vm/failure.ts'

const exit = (signal: string | null, lastOutput = ''): Parameters<typeof acceleratorExit>[1] => ({
  code: signal === null ? 1 : null,
  signal,
  lastOutput,
})

test('a QEMU that crashes before its guest came up is blamed on the accelerator', () => {
  expect(acceleratorExit('kvm', exit('SIGABRT'), false)).toBe('QEMU ended with SIGABRT')
})

test('a QEMU that crashes later is blamed on the accelerator only when it names it', () => {
  expect(acceleratorExit('kvm', exit('SIGSEGV', 'block.c: oops'), true)).toBeUndefined()
  const said = 'noise\nqemu-system-x86_64: error: kvm run failed Bad address\nRAX=1'
  expect(acceleratorExit('kvm', exit('SIGABRT', said), true)).toBe(
    'QEMU ended with SIGABRT (error: kvm run failed Bad address)',
  )
})

test.each([
  ['a QEMU that someone killed', exit('SIGKILL')],
  ['a QEMU that refuses its arguments', exit(null, 'qemu-system-x86_64: Cannot allocate memory')],
])('%s is not blamed on the accelerator', (_who, how) => {
  expect(acceleratorExit('kvm', how, false)).toBeUndefined()
})

test('an emulated machine has no accelerator to blame', () => {
  expect(acceleratorExit('tcg', exit('SIGABRT', 'kvm'), false)).toBeUndefined()
  expect(acceleratorStop('tcg', 'internal-error', false)).toBeUndefined()
})

test.each([
  ['internal-error', true, /internal error of kvm/],
  ['paused', false, /paused the VM on its own/],
  ['paused', true, undefined],
  ['io-error', false, undefined],
  ['postmigrate', false, undefined],
  ['running', false, undefined],
] as const)('a machine that stands still as %s, asked to: %s, is judged by both', (status, asked, why) => {
  const verdict = acceleratorStop('kvm', status, asked)
  if (why === undefined) expect(verdict).toBeUndefined()
  else expect(verdict).toMatch(why)
})
