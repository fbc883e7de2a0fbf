import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Document, isScalar, parse, visit } from 'yaml'
import { firstFile } from '../../src/cli/commands/init.ts'
import { formatted } from '../../src/config/format.ts'
import { desktopFile } from '../support/config/arbitrary.ts'
import { mistakesOf } from '../support/config/mistakes.ts'

const fmt = (text: string): string => formatted(text, 'desktop.yaml')
const examples = join(import.meta.dirname, '..', '..', 'examples')

const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory())

test.each(folders.map(({ name }) => name))('examples/%s is as fmt writes it', (name) => {
  const text = readFileSync(join(examples, name, 'desktop.yaml'), 'utf8')
  expect(fmt(text)).toBe(text)
})

test('what init writes is as fmt writes it', () => {
  expect(fmt(firstFile('a'))).toBe(firstFile('a'))
})

test.each([
  ['vm:\n    cpus:  2 # two\n', 'vm:\n  cpus: 2 # two\n'],
  ['ports:\n- 80:80\n\n\n\n- 81:81\n', 'ports:\n  - 80:80\n\n  - 81:81\n'],
  ['a: {b: [1,2],c: 3}', 'a: { b: [1, 2], c: 3 }\n'],
  [`a: [${'longlonglong, '.repeat(9)}x]\n`, `a:\n${'  - longlonglong\n'.repeat(9)}  - x\n`],
  ['# head\r\n\r\na: 1 \t\r\n# tail\r\n', '# head\n\na: 1\n\n# tail\n'],
  [`a: "\${X:-1}"\n`, `a: "\${X:-1}"\n`],
  ['', ''],
])('%j becomes %j', (text, better) => {
  expect(fmt(text)).toBe(better)
})

test('a file that is not YAML is refused with its place', () => {
  expect(mistakesOf(() => fmt('a: [\n'))[0]).toMatch(/config\/yaml/)
  expect(mistakesOf(() => fmt('a: 1\na: 2\n'))[0]).toMatch(/^2:1 config\/yaml/)
})

/** A file in any layout, with comments at random values. */
const commented = fc
  .record({
    file: desktopFile,
    every: fc.integer({ min: 1, max: 5 }),
    indent: fc.integer({ min: 2, max: 6 }),
    style: fc.constantFrom('block', 'flow', 'any' as const),
    width: fc.constantFrom(0, 40),
  })
  .map(({ file, every, indent, style, width }) => {
    const document = new Document(file)
    let seen = 0
    visit(document, {
      Scalar: (key, node) => {
        seen += 1
        // A comment ends its line, which flow style has none of.
        if (style === 'block' && key === 'value' && isScalar(node) && seen % every === 0)
          node.comment = ` note ${seen}`
      },
    })
    return document.toString({ indent, lineWidth: width, collectionStyle: style })
  })

test('the text means the same, keeps its comments in their order, and a second run writes nothing', () => {
  const comments = (text: string): readonly string[] => text.match(/# note \d+/g) ?? []
  fc.assert(
    fc.property(commented, (text) => {
      const better = fmt(text)
      expect(parse(better)).toEqual(parse(text))
      expect(comments(better)).toEqual(comments(text))
      expect(fmt(better)).toBe(better)
    }),
  )
})
