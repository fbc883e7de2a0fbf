import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leaves, readSchemas } from '../../scripts/generate/schemas.ts'
import { effects } from '../../src/config/effects.ts'

const schemas = await readSchemas(join(import.meta.dirname, '../../schemas'))

test('every key of the schema has a row in the effect table, and no row is without a key', () => {
  expect(Object.keys(effects).sort()).toEqual([...leaves(schemas).keys()].sort())
})
