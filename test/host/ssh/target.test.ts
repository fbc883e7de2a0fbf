/** Addresses of ssh hosts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSshTarget, targetArguments, targetText } from '../../../src/host/ssh/target.ts'

test.each([
  ['builder', { host: 'builder' }],
  ['me@builder', { host: 'builder', user: 'me' }],
  ['ssh://builder.example', { host: 'builder.example' }],
  ['ssh://me@builder:2222', { host: 'builder', user: 'me', port: 2222 }],
  ['ssh://me@[fe80::1%eth0]:22/', { host: 'fe80::1%eth0', user: 'me', port: 22 }],
])('%s is a target', (text, target) => {
  expect(parseSshTarget(text)).toEqual(target)
})

test.each([
  ['-oProxyCommand=touch'],
  ['me@-oProxyCommand=touch'],
  ['-l@builder'],
  ['builder:22'],
  ['ssh://builder:0'],
  ['ssh://builder:65536'],
  ['ssh://builder/path'],
  ['a b'],
  ['$(id)'],
  ['`id`'],
  ['me;id@builder'],
  [''],
  ['@builder'],
  ['ssh://'],
  ['[]'],
])('%j is not a target', (text) => {
  expect(parseSshTarget(text)).toBeUndefined()
})

test('whatever the text, no word of a target can become an option or shell syntax', () => {
  const piece = fc.oneof(
    fc.constantFrom('-o', '@', ':', 'ssh://', '[', ']', ' ', ';', '$', '%', 'a', '::1'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const target = parseSshTarget(pieces.join(''))
      if (target === undefined) return
      const words = targetArguments(target)
      expect(words.at(-2)).toBe('--')
      for (const word of [target.host, target.user ?? 'me'])
        expect(word).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/)
      expect(targetText(target)).toContain(target.host)
    }),
  )
})
