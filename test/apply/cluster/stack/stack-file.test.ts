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

test.each([
  ['services:\n  web:\n\t- a', 3],
  ['services: [', 1],
  ['services:\n  web: { image: !!binary aGk= }', 2],
  ['a: 1\na: 2', 2],
])('%j is refused with its line', (given, line) => {
  const found = read(given)
  expect('message' in found && found.at.line).toBe(line)
})
