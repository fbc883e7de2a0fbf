import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decisionHead } from '../../scripts/generate/decisions.ts'

const dir = join(import.meta.dirname, '../../docs/decisions')
const records = globSync('*.md', { cwd: dir })
  .filter((file) => file !== 'README.md')
  .sort()
const textOf = (file: string): string => readFileSync(join(dir, file), 'utf8')

test('every decision record has one row in the index', () => {
  const listed = [...textOf('README.md').matchAll(/^\| \[\d{4}\]\(([^)]+)\) \|/gm)].map(([, file]) => file)
  expect(listed).toEqual(records)
})

test('no two decision records have one number', () => {
  const numbers = records.map((file) => file.slice(0, 4))
  expect(new Set(numbers).size).toBe(numbers.length)
})

describe.each(records)('%s', (file) => {
  test('a decision record has the head of the template, with the number of its file', () => {
    expect(decisionHead.exec(textOf(file))?.[1]).toBe(file.slice(0, 4))
  })

  test('a decision record has the sections of the template in their order', () => {
    const sections = [...textOf(file).matchAll(/^## (.+)$/gm)].map(([, name]) => name)
    expect(sections.filter((name) => name !== 'Alternatives')).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ])
    if (sections.includes('Alternatives')) expect(sections[2]).toBe('Alternatives')
  })

  test('the status of a decision record is accepted, or names its successor', () => {
    expect(decisionHead.exec(textOf(file))?.[3]).toMatch(
      /^(accepted|superseded (in part )?by \[\d{4}\]\([^)]+\)( and \[\d{4}\]\([^)]+\))*)$/,
    )
  })
})
