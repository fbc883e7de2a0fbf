import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { effects } from '../../src/config/effects.ts'

interface Node {
  type?: string | string[]
  properties?: Record<string, Node>
  $ref?: string
}

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../schemas/desktop.schema.json'), 'utf8'),
) as Node

/** Keys with a value of their own: maps with fixed keys are opened, everything else is one leaf. */
function leaves(node: Node, path: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const full = path === '' ? key : `${path}.${key}`
    return inner.properties === undefined || inner.type !== 'object' || full === 'engine.proxies'
      ? [full]
      : leaves(inner, full)
  })
}

test('every key of the schema has a row in the effect table, and no row is without a key', () => {
  expect(Object.keys(effects).sort()).toEqual(leaves(schema, '').sort())
})
