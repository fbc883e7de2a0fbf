import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { catalogue } from '../../src/errors/catalogue.ts'
import { desktopFile, desktopText, parsed } from '../support/config/arbitrary.ts'
import { all } from '../support/config/mistakes.ts'

test('every file made of valid values is accepted, in block and in flow style alike', () => {
  fc.assert(
    fc.property(desktopText, (text) => {
      expect(parsed(stringify(parse(text)))).toEqual(parsed(text))
    }),
  )
})

test('the order of keys changes nothing', () => {
  const reversed = (value: unknown): unknown =>
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, reversed(inner)]),
        )
  fc.assert(
    fc.property(desktopFile, (file) => {
      expect(parsed(stringify(reversed(file)))).toEqual(parsed(stringify(file)))
    }),
  )
})

/** A text with a piece taken out, doubled, or replaced by something that YAML or the schema may dislike. */
const mutated = fc
  .tuple(
    desktopText,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat({ max: 12 }),
        fc.constantFrom(
          '',
          '\t',
          '{',
          '[',
          '"',
          ': ',
          '- ',
          '&a ',
          '*a',
          '!!x ',
          '\u0000',
          `\${X}`,
          `\${`,
          '__proto__: ',
          '9'.repeat(30),
          '\n',
          '|',
          '%YAML 1.1\n---\n',
          '\ud800',
          '?',
        ),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [at, length, piece]) => {
      const start = at % (now.length + 1)
      return now.slice(0, start) + piece + now.slice(start + length)
    }, text),
  )

function staysCalm(text: string): void {
  try {
    parsed(text)
  } catch (error) {
    const lines = text.split('\n').length
    for (const { code, at } of all(error)) {
      expect(catalogue[code].exit).toBe(3)
      expect(at?.line).toBeGreaterThanOrEqual(1)
      expect(at?.line).toBeLessThanOrEqual(lines)
      expect(at?.frame).toContain('^')
    }
  }
}

test('a damaged file is accepted or refused with a place for each mistake, never anything else', () => {
  fc.assert(fc.property(mutated, staysCalm), { numRuns: 500 })
})

test('any text at all is accepted or refused with a place for each mistake', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), staysCalm), {
    numRuns: 500,
  })
})

test('an endlessly nested file is refused', () => {
  for (const opening of ['[', '{a: ', '- ', '? '])
    staysCalm(`apiVersion: desktop/v1\nports: ${opening.repeat(20_000)}`)
  staysCalm(`${'- '.repeat(50_000)}x`)
})
