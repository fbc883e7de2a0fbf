import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapped } from '../../src/cli/commands/exec.ts'

test('folder, variables and service come in an order in which each is true for the command', () => {
  expect(wrapped(['ls'], { env: ['A=b'], workdir: '/tmp', service: 'docker' })).toEqual([
    'in-service',
    'docker',
    'env',
    'A=b',
    'sh',
    '-c',
    'cd "$0" && exec "$@"',
    '/tmp',
    'ls',
  ])
  expect(wrapped(['ls', '-l'], { env: [] })).toEqual(['ls', '-l'])
})

test('words reach the command as they are, whatever they hold', () => {
  const word = fc.string({ minLength: 1 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), word, (words, value) => {
      const [file = '', ...args] = wrapped(['printf', '%s\\0', ...words], {
        env: [`V=${value}`],
        workdir: '/',
      })
      const printed = execFileSync(file, args, { encoding: 'utf8' })
      expect(printed).toBe(words.length === 0 ? '\0' : words.map((one) => `${one}\0`).join(''))
    }),
    { numRuns: 20 },
  )
})

test('a variable without a value is refused', () => {
  expect(() => wrapped(['ls'], { env: ['A'] })).toThrow('NAME=value')
})
