/** Validation of printed JSON by the schemas of this repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect } from 'vitest'

const schemas = join(import.meta.dirname, '..', '..', '..', 'schemas')
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': true } })
const names = [
  'plan',
  'events',
  'drift',
  'status',
  'machines',
  'errors',
  'flows',
  'top',
  'generation',
  'history',
  'generation-diff',
  'import',
  'version',
]
for (const name of names) {
  ajv.addSchema(JSON.parse(readFileSync(join(schemas, `${name}.schema.json`), 'utf8')))
}

/** As it is printed: what JSON drops is dropped. */
export function expectValid(name: string, document: unknown): void {
  const printed: unknown = JSON.parse(JSON.stringify(document))
  const valid = ajv.validate(`${name}.schema.json`, printed)
  expect(valid ? '' : ajv.errorsText()).toBe('')
}

export const runs = { numRuns: 100 } as const
