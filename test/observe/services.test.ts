import { expect, test } from 'vitest'
import { parseServices } from '../../src/observe/services.ts'

test('services come sorted, with how they ended, and the log of one that keeps ending only', () => {
  const text = [
    'web ended 12 5 4 127',
    '|no such file',
    '|  or so',
    'docker running 700 1 1 0',
    '|not of a loop',
    '',
  ].join('\n')
  expect(parseServices(text)).toEqual([
    { name: 'docker', state: 'running', seconds: 700, ends: 1, exitCode: 0, crashLoop: false, log: [] },
    {
      name: 'web',
      state: 'ended',
      seconds: 12,
      ends: 5,
      exitCode: 127,
      crashLoop: true,
      log: ['no such file', '  or so'],
    },
  ])
})

test.each([
  ['a third end in a row', 'a ended 1 3 3 1', true],
  ['running again for a moment', 'a running 5 3 3 1', true],
  ['running for a minute after that', 'a running 60 3 3 1', false],
  ['many ends, each after a good while', 'a running 5 30 1 1', false],
  ['the first start', 'a starting 0 0 0 0', false],
])('a crash loop: %s', (_what, line, crashLoop) => {
  expect(parseServices(line)).toMatchObject([{ crashLoop }])
})
