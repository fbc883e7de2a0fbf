import { expect, test } from 'vitest'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import { parseLabel, parseLinuxkit } from '../../../src/guest/linuxkit/parse.ts'

function thrownBy(read: () => unknown): DesktopError {
  try {
    read()
  } catch (error) {
    if (error instanceof DesktopError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('a mistake is shown at its line and column, with the nearest known key', () => {
  const error = thrownBy(() =>
    parseLinuxkit('services:\n  - name: a\n    image: b\n    comand: [x]\n', 'my.yml'),
  )
  expect(error.code).toBe('linuxkit/invalid')
  expect(error.at).toMatchObject({ file: 'my.yml', line: 4, column: 5 })
  expect(error.at?.frame).toBe('  4 |     comand: [x]\n    |     ^')
  expect(error.message).toContain('services[0]')
  expect(error.hint).toContain('"command"')
})

test('all mistakes come together, in the order of the file', () => {
  const error = thrownBy(() => parseLinuxkit('init: 5\nservices: [{name: 1, image: x}]\nfoo: 1\n'))
  expect([error, ...error.others].map(({ at }) => at?.line)).toEqual([1, 2, 3])
})

test('text that is not YAML is refused where it breaks', () => {
  const error = thrownBy(() => parseLinuxkit('init:\n  - a\n - b\n'))
  expect(error.code).toBe('linuxkit/yaml')
  expect(error.at?.line).toBe(3)
})

test('a second service of one name is shown at its name', () => {
  const yaml = 'services:\n  - {name: a, image: x}\n  - {name: a, image: y}\n'
  expect(thrownBy(() => parseLinuxkit(yaml)).at).toMatchObject({ line: 3, column: 12 })
})

test.each([
  ['012', 10],
  ['0o12', 10],
  ['0x1F', 31],
  ['0b11', 3],
  ['1_000', 1000],
  ['-5', -5],
])('the integer %s is %d, as in Go', (text, value) => {
  expect(parseLinuxkit(`services: [{name: a, image: b, uid: ${text}}]`).services?.[0]?.uid).toBe(value)
})

test('integers beyond 2^53 keep all their digits', () => {
  const yaml = 'services: [{name: a, image: b, resources: {memory: {limit: 9223372036854775807}}}]'
  expect(parseLinuxkit(yaml).services?.[0]?.resources?.memory?.limit).toBe(9223372036854775807n)
})

test('a label may be JSON or YAML, and cannot name the container', () => {
  expect(parseLabel('{"net": "host"}', 'x')).toEqual({ net: 'host' })
  expect(parseLabel('net: host\nbinds: [/a:/b]', 'x')).toEqual({ net: 'host', binds: ['/a:/b'] })
  expect(thrownBy(() => parseLabel('{"name": "y"}', 'x')).code).toBe('linuxkit/invalid')
  expect(thrownBy(() => parseLabel('[]', 'x')).code).toBe('linuxkit/invalid')
  expect(thrownBy(() => parseLabel('{"nett": "host"}', 'x')).message).toContain('nett')
})
