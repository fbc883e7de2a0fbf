import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { GoValue } from '../../../src/guest/linuxkit/go-json.ts'
import { goJson } from '../../../src/guest/linuxkit/go-json.ts'
import { goYaml, naturalMap } from '../../../src/guest/linuxkit/go-yaml.ts'

const printable = fc.string({ unit: 'grapheme', maxLength: 200 })
const words = fc.array(fc.constantFrom('word', 'yes', '12', '-', ':', '#', "it's", '"', '\n', '  ', 'é'), {
  maxLength: 60,
})
const text = fc.oneof(
  printable,
  words.map((parts) => parts.join(' ')),
)
const key = fc.stringMatching(/^k[a-z0-9._-]{0,20}$/)

const { value } = fc.letrec<{ value: GoValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}))

test('a value written as YAML is read back unchanged', () => {
  fc.assert(
    fc.property(fc.dictionary(key, value), (document) => {
      // Go writes a carriage return and a line separator raw in places where readers fold them.
      const plain = JSON.stringify(document)
      fc.pre(!/\\r|\\u0085|\u0085|\u2028|\u2029/.test(plain))
      expect(parse(goYaml(document))).toEqual(JSON.parse(plain))
    }),
    { numRuns: 300 },
  )
})

test('a value written as JSON is read back unchanged', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(JSON.parse(goJson(one))).toEqual(JSON.parse(JSON.stringify(one)))
    }),
  )
})

test('keys with numbers are ordered by the numbers', () => {
  const map = { a10: '', a2: '', 'net.x': '', B: '', 1: '', '00': '', a: '' }
  expect([...naturalMap(map).keys()]).toEqual(['00', '1', 'B', 'a', 'a2', 'a10', 'net.x'])
})
