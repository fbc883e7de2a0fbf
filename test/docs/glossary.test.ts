import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { groups } from '../../src/reconcile/only.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/glossary.md'), 'utf8')

test('the glossary explains every component that --only takes, in the order of its help', () => {
  expect([...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)).toEqual(groups)
})

test('the terms of the glossary are in alphabetical order, each once', () => {
  const terms = [...page.matchAll(/^\| ([a-z][\w ]*) \| /gm)]
    .map(([, term = '']) => term)
    .filter((term) => !['term', 'component'].includes(term))
  expect(terms).toEqual([...new Set(terms)].sort())
})
