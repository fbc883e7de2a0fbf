/** Documents from other hosts are rejected exactly as ajv rejects them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkedStatus } from '../../../src/cli/views/checked-status.ts'
import { schemaError } from '../../../src/cli/views/schema-error.ts'
import { statusDocument } from '../../../src/cli/views/status-document.ts'
import { baseDirs, environmentPaths } from '../../../src/host/paths.ts'
import { absent, present } from '../../../src/observation.ts'
import { inSyncWith } from '../../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../../support/reconcile/world.ts'

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../schemas/status.schema.json'), 'utf8'),
) as Record<string, unknown>
const accepts = new Ajv({ allowUnionTypes: true }).compile(schema)

const paths = environmentPaths('dev', baseDirs({ HOME: '/home/a' }))
const files = ['/home/a/desktop.yaml']
const environment = {
  ...{ desired: aDesired, files, configHash: 'c', paths, record: undefined },
  dockerSocket: paths.sockets.docker,
}
const inside = { inside: absent, memory: absent, services: absent }
const engine = { version: '26.1', running: ['web'], onHostNetwork: ['web'], sctpPorts: [9005] }
const printed = JSON.stringify({
  ...statusDocument(environment, inSyncWith(targetOf(aDesired)), inside),
  engine: present(engine),
})

type Json = Record<string, unknown>
const isMap = (value: unknown): value is Json => value !== null && typeof value === 'object'

/** Changes one value, chosen by `steps`; then the key is left out, renamed or has another value. */
function changed(document: Json, steps: readonly number[], how: 'out' | 'rename' | 'replace', to: unknown) {
  let place = document
  let key = ''
  for (const step of steps) {
    const keys = Object.keys(place)
    key = keys[step % Math.max(1, keys.length)] ?? ''
    const inner = place[key]
    if (!isMap(inner) || Object.keys(inner).length === 0) break
    if (step % 3 > 0) place = inner
  }
  const target = Object.hasOwn(place, key) ? key : (Object.keys(place)[0] ?? 'x')
  if (how === 'replace') place[target] = to
  else {
    if (how === 'rename') place[`${target}x`] = place[target]
    delete place[target]
  }
  return document
}

const asJson = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json

test('a changed status is rejected exactly if ajv rejects it', () => {
  const verdicts = new Set<boolean>()
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('out', 'rename', 'replace'),
      fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>('running', -1, 1.5, [], {}, null, '')),
      (steps, how, to) => {
        const document = asJson(changed(JSON.parse(printed) as Json, steps, how, to))
        const isValid = accepts(document)
        verdicts.add(isValid)
        expect(schemaError(schema, document) === undefined).toBe(isValid)
      },
    ),
    { numRuns: 2_000 },
  )
  expect(verdicts.size).toBe(2)
})

test('a status from another host is taken as it is printed there, or fails with the wrong key', async () => {
  const document = JSON.parse(printed) as Json
  expect(await checkedStatus(document, { name: 'b' })).toMatchObject({ engine: { value: engine } })
  await expect(checkedStatus({ ...document, ports: [{ id: 'x' }] }, { name: 'b' })).rejects.toThrow(
    'b: desktop there sent an invalid status: ports.0.',
  )
})

test('a keyword that is not implemented is not ignored', () => {
  expect(() => schemaError({ pattern: '^a$' }, 'b')).toThrow('"pattern"')
})
