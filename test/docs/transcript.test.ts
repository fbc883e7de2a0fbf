import { expect, test } from 'vitest'
import { configOf, filesOf, missingLine, stepsOf, unrunLines } from '../support/docs/transcript.ts'

const document = [
  'Text.',
  '```yaml',
  'name: dev',
  '```',
  '```console',
  '$ echo one',
  'one',
  '$ cat <<END',
  '> two',
  '> END',
  'two',
  '```',
  '```',
  '$ not run',
  '```',
].join('\n')

test('commands and their output come from console blocks only, with the lines they stand on', () => {
  expect(stepsOf(document)).toEqual([
    { line: 6, command: 'echo one', expected: ['one'] },
    { line: 8, command: 'cat <<END\ntwo\nEND', expected: ['two'] },
  ])
  expect(configOf(document)).toBe('name: dev\n')
})

test.each([
  ['the same', ['a b', 'c'], 'a   b\r\nc\n'],
  [
    'another number, size or id',
    ['up 3.1 s, 12 MiB', '0123456789ab x'],
    'up 44 s, 7.5 MiB\nba9876543210 x\n',
  ],
  ['lines left out', ['...', 'b', '...'], 'a\nb\nc\n'],
  ['text left out', ['a …d…'], 'a b c d'],
  ['nothing asked of an output', ['...'], 'x\ny'],
])('output with %s matches', (_, expected, output) => {
  expect(missingLine(expected, output)).toBeUndefined()
})

test.each([
  ['another address', ['inet 172.17.0.1'], 'inet 172.17.0.2'],
  ['another port', ['0.0.0.0:9000'], '0.0.0.0:9001'],
  ['another order', ['...', 'a', '...', 'b'], 'b\na'],
  ['a line more', ['a'], 'a\nb'],
  ['a line before', ['b'], 'a\nb'],
  ['nothing', ['a'], ''],
])('output with %s does not match', (_, expected, output) => {
  expect(missingLine(expected, output)).toBeDefined()
})

test('prompts in a block of another kind are found, those of console blocks and of text are not', () => {
  expect(unrunLines(document)).toEqual(['$ not run'])
})

test('a yaml block that begins with a file name is that file', () => {
  const text = '```yaml\n# ci/team.yaml\na: 1\n```\n```yaml\nb: 2\n```\n'
  expect([...filesOf(text)]).toEqual([['ci/team.yaml', '# ci/team.yaml\na: 1\n']])
})
