/** Places, variables and referenced files of a compose file. */
import { expect, test } from 'vitest'
import {
  nearestPlace,
  readStackText,
  type StackText,
} from '../../../../src/apply/cluster/stack/stack-file.ts'

const read = (text: string, env: Record<string, string> = {}) =>
  readStackText(text, {
    file: '/p/sub/stack.yaml',
    shown: 'sub/stack.yaml',
    env: { HOME: '/home/me', ...env },
  })

const valid = (...given: Parameters<typeof read>): StackText => {
  const found = read(...given)
  if ('message' in found) throw new Error(found.message)
  return found
}

const text = `services:
  web:
    image: box
    ports:
      - "80:80"
    labels: { a: b }
`

test('each key and each item of a list has its line', () => {
  const { places } = valid(text)
  const lines = ['services.web.image', 'services.web.ports.0', 'services.web.labels.a'].map(
    (path) => places.get(path)?.line,
  )
  expect(lines).toEqual([3, 5, 6])
  expect(places.get('services.web')).toEqual({ file: 'sub/stack.yaml', line: 2, column: 3 })
})

test('a key that is not there has the line of the next one above it', () => {
  const { places } = valid(text)
  expect(nearestPlace(places, 'services.web.deploy.replicas').line).toBe(2)
  expect(nearestPlace(places, 'volumes.x').line).toBe(1)
})

test('variables are found in all forms of docker, except escaped ones', () => {
  const { variables } = valid('services: { web: { image: "$A/${B}:${C:-x}", command: ["$$D", "${E?no}"] } }')
  expect(variables.map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ['A', true],
    ['B', true],
    ['C', false],
    ['E', false],
  ])
})

test('texts with variables are kept as written, also behind an alias', () => {
  const { written } = valid(`x: &x { token: "\${T}" }
services: { web: { labels: *x, command: ["a", "b $C"], image: box } }
`)
  expect([...written]).toEqual([
    ['x.token', '${T}'],
    ['services.web.labels.token', '${T}'],
    ['services.web.command.1', 'b $C'],
  ])
})

test('files are those of configs, secrets and env_file, resolved as docker does', () => {
  const { files } = valid(
    `services:
  a: { env_file: a.env }
  b: { env_file: [/abs.env, { path: ~/b.env }] }
configs: { x: { file: "\${DIR}/x.txt" }, y: { external: true } }
secrets: { s: { file: ../s.txt }, t: { file: $DIR/t }, u: { file: "\${NOT_SET}" } }
`,
    { DIR: 'conf' },
  )
  expect(files.map(({ path, at }) => [path, at.line])).toEqual([
    ['/p/sub/a.env', 2],
    ['/abs.env', 3],
    ['/home/me/b.env', 3],
    ['/p/sub/conf/x.txt', 4],
    ['/p/s.txt', 5],
    [undefined, 5],
    [undefined, 5],
  ])
})

test('files behind a merge key or an alias are found', () => {
  const { files } = valid(`x-base: &base { env_file: base.env }
services:
  a: { <<: *base, image: box }
  b: *base
`)
  expect(files.map(({ path }) => path)).toEqual(['/p/sub/base.env', '/p/sub/base.env'])
})

test('docker gets the same values on one line, and decides itself which plain words are numbers', () => {
  const { compose } = valid(`a: [0440, "0440", yes, 1.10, ~, '', 12:30, &x b c]
"b,": *x
c: |
  two
  lines\u2028
d:
<<: [{ a: 1, e: "\\U0001F600\\x7f" }, { e: 2, f: 3 }]
`)
  expect(compose).toBe(
    '{a: [0440, "0440", yes, 1.10, ~, "", "12:30", "b c"], "b,": "b c", ' +
      'c: "two\\nlines\\u2028\\n", d: null, e: "😀\\u007f", f: 3}',
  )
})

const bomb = Array.from(
  { length: 40 },
  (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
)

test.each([
  ['a: &x 1\nb: *y', 2, 'the alias *y has no anchor'],
  ['a: &x [*x]', 1, 'the alias *x contains itself'],
  ['a: 1\n<<: 3', 2, 'a merge key (<<) takes a map'],
  ['? [a]\n: b', 1, 'a key must be a plain word'],
  [`${'['.repeat(5_000)}`, 1, 'the file is nested too deep'],
  [`a: ${'['.repeat(100)}${']'.repeat(100)}`, 1, 'the file is nested too deep'],
  [`a0: &a0 x\n${bomb.join('\n')}`, 18, 'aliases expand the file too much'],
])(
  'an alias, merge key or nesting that cannot be read is refused with its line: %.30j',
  (given, line, message) => {
    const found = read(given)
    expect('message' in found && [found.message, found.at.line]).toEqual([message, line])
  },
)

test('20,000 keys are read in seconds', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: ${index}`)
  const began = performance.now()
  expect(valid(keys.join('\n')).places.size).toBe(20_001)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test.each([
  ['services:\n  web:\n\t- a', 3],
  ['services: [', 1],
  ['services:\n  web: { image: !!binary aGk= }', 2],
  ['a: 1\na: 2', 2],
])('%j is refused with its line', (given, line) => {
  const found = read(given)
  expect('message' in found && found.at.line).toBe(line)
})
