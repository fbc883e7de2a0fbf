/**
 * Writes what is derived from the schemas and tables: types, validators and reference pages.
 *
 *   node scripts/generate.ts           write
 *   node scripts/generate.ts --check   fail when a file is not what would be written
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'
import { daemonKeys } from '../src/config/daemon/keys.ts'
import { effects } from '../src/config/effects.ts'
import { catalogueEntries } from '../src/errors.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
const schema = JSON.parse(await read('schemas/desktop.schema.json')) as Record<string, unknown>

async function types(): Promise<string> {
  return await compile(schema, 'DesktopFile', {
    bannerComment: '/** Generated from schemas/desktop.schema.json by `npm run generate`. */',
    additionalProperties: false,
    style: { singleQuote: true, semi: false, printWidth: 110 },
  })
}

/** Compiled ahead: compiling a schema costs more than all else that a plan without changes does. */
function validators(): string {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  })
  const validate = ajv.compile(schema)
  const code = (standalone as unknown as { default: (a: Ajv, v: unknown) => string }).default(ajv, validate)
  return [
    '// Generated from schemas/desktop.schema.json by `npm run generate`.',
    ...ajvHelpers(code),
    'export const validateDesktop = validate10;',
    '',
  ].join('\n')
}

/** Ajv requires its two helpers by CommonJS even in a module; they become imports. */
function ajvHelpers(code: string): string[] {
  const imports: string[] = []
  const body = code
    .replace(/const (\w+) = require\("([^"]+)"\)\.default;?/g, (_all, name: string, path: string) => {
      imports.push(`import ${name}_ from '${path}.js';`, `const ${name} = ${name}_.default;`)
      return ''
    })
    .replace(/"use strict";?/, '')
    .replace(
      /export const validate = (\w+);\s*export default \w+;?/,
      (_all, name: string) => `const validate10_ = ${name};`,
    )
  const main = /const validate10_ = (\w+);/.exec(body)?.[1] ?? 'validate10'
  return [
    ...imports,
    body.replace(/const validate10_ = \w+;/, main === 'validate10' ? '' : `const validate10 = ${main};`),
  ]
}

function errorsPage(): string {
  const rows = Object.entries(catalogueEntries).map(
    ([code, { exit, summary, fix }]) => `## ${code}\n\n${summary} ${fix}\n\nExit code ${exit}.\n`,
  )
  return `# Errors\n\nGenerated from \`src/errors.ts\` by \`npm run generate\`. Codes are stable.\n\n${rows.join('\n')}`
}

interface SchemaNode {
  description?: string
  type?: string | string[]
  properties?: Record<string, SchemaNode>
  items?: SchemaNode
  enum?: unknown[]
  const?: unknown
  $ref?: string
}

function describe(path: string): SchemaNode {
  let node = schema as SchemaNode
  for (const step of path.split('.')) node = node.properties?.[step] ?? node.items?.properties?.[step] ?? {}
  return node
}

function configPage(): string {
  const rows = Object.entries(effects).map(([path, row]) => {
    const node = describe(path)
    const note = row.note === undefined ? '' : ` ${row.note}`
    return `| \`${path}\` | ${node.description ?? ''}${note} | \`${row.default ?? '—'}\` | ${row.effect} | ${row.rendered} |`
  })
  const daemon = Object.entries(daemonKeys).map(
    ([key, { type, effect }]) => `| \`${key}\` | ${type} | ${effect} |`,
  )
  return [
    '# desktop.yaml',
    '',
    'Generated from `schemas/desktop.schema.json` and `src/config/effects.ts` by `npm run generate`.',
    '',
    'Sizes: `2GiB`, `512MiB`, `20GB`. Durations: `30s`, `5m`, `1h`. The effect says what a change of the key costs:',
    '`live` (nothing restarts), `reload` (SIGHUP to dockerd), `restart-engine`, `restart-vm`, `recreate` (data is lost;',
    'asks for consent).',
    '',
    '| key | what it is | default | effect | rendered in |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## engine.config: the keys of daemon.json',
    '',
    'Those of dockerd 26.1, which the guest has.',
    '',
    '| key | type | effect |',
    '|---|---|---|',
    ...daemon,
    '',
  ].join('\n')
}

const outputs: Readonly<Record<string, string>> = {
  'src/config/types.ts': await types(),
  'src/config/generated/validate.js': validators(),
  'docs/errors.md': errorsPage(),
  'docs/reference/desktop.yaml.md': configPage(),
}

let stale = 0
for (const [path, text] of Object.entries(outputs)) {
  if (process.argv.includes('--check')) {
    const current = await read(path).catch(() => '')
    if (current === text) continue
    console.log(`${path} is not up to date: run \`npm run generate\``)
    stale += 1
    continue
  }
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
process.exitCode = stale === 0 ? 0 : 1
