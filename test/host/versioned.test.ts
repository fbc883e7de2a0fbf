import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseVersioned } from '../../src/host/versioned.ts'

const parse = (text: string): object => parseVersioned('/state/file.json', text, 'desktop-thing/2')

test.each([
  ['of this version', '{"format":"desktop-thing/2","a":1}'],
  ['of an earlier version', '{"format":"desktop-thing/1","a":1}'],
  ['of the first version, which had no format', '{"a":1}'],
])('a file %s is read', (_what, text) => {
  expect(parse(text)).toMatchObject({ a: 1 })
})

test('a file of a later version is refused as such, because no part of it can be relied on', () => {
  expect(() => parse('{"format":"desktop-thing/3"}')).toThrow(
    expect.objectContaining({ code: 'state/newer' }),
  )
})

test('a truncated file, cut at any place, is reported as damaged', () => {
  const text = JSON.stringify({ format: 'desktop-thing/2', nested: { list: [1, 'two', null] } })
  for (let end = 0; end < text.length; end += 1) {
    expect(() => parse(text.slice(0, end))).toThrow(expect.objectContaining({ code: 'state/unreadable' }))
  }
})

test('whatever is in a file: an object, or an error that names the file', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string(), fc.constant('{"format":"other/1"}')), (text) => {
      try {
        expect(parse(text)).toBeTypeOf('object')
      } catch (error) {
        expect(error).toMatchObject({ message: expect.stringContaining('/state/file.json') })
      }
    }),
  )
})
