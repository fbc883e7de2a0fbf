import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { leaves, readSchemas } from '../../scripts/generate/schemas.ts'
import { effects } from '../../src/config/effects.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from '../support/config/arbitrary.ts'
import { fileWith, otherValues, withoutMeaning } from '../support/config/other-values.ts'

const schemas = await readSchemas(join(import.meta.dirname, '../../schemas'))
const keys = leaves(schemas)

test('every key of the schema has a row in the effect table, and no row is without a key', () => {
  expect(Object.keys(effects).sort()).toEqual([...keys.keys()].sort())
})

test('the table and the schema name the same defaults', () => {
  for (const [path, { default: value }] of keys) {
    if (value !== undefined) expect([path, parse(effects[path]?.default ?? '')]).toEqual([path, value])
  }
})

const defaults = Object.entries(effects).flatMap(([path, row]) =>
  row.default === undefined || path === 'name' ? [] : [[path, row.default] as const],
)

test.each(defaults)('%s: writing the default %s means the same as leaving the key out', (path, text) => {
  expect(parsed(fileWith(path, parse(text)))).toEqual(parsed('apiVersion: desktop/v1\n'))
})

test.each(Object.keys(effects).filter((path) => !withoutMeaning.includes(path)))(
  '%s changes the desired state',
  (path) => {
    expect(parsed(fileWith(path, otherValues[path]))).not.toEqual(parsed('apiVersion: desktop/v1\n'))
  },
)

test('a reload key of daemon.json either has a neutral value or is reset by a reload without it', () => {
  for (const [key, { effect, neutral, resets }] of Object.entries(daemonKeys)) {
    const safe = (neutral !== undefined) !== (resets === true)
    expect([key, effect === 'reload' ? safe : neutral === undefined && resets === undefined]).toEqual([
      key,
      true,
    ])
  }
})
