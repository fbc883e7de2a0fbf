/**
 * Generates files from schemas and tables: types, validators, key tables and reference pages.
 *
 *   node scripts/generate.ts           write
 *   node scripts/generate.ts --check   fail if a file is out of date
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { decisionsPage } from './generate/decisions.ts'
import { daemonKeysModule, descriptionsModule } from './generate/key-tables.ts'
import { configPage, daemonPage, errorsPage, exitCodesPage } from './generate/pages.ts'
import { performancePage } from './generate/performance.ts'
import { recoveryPage } from './generate/recovery.ts'
import { readSchemas } from './generate/schemas.ts'
import { types } from './generate/types.ts'
import { validators } from './generate/validators.ts'

const root = join(import.meta.dirname, '..')
const schemas = await readSchemas(join(root, 'schemas'))

const outputs: Readonly<Record<string, string>> = {
  'src/config/generated/types.ts': await types(schemas),
  'src/config/generated/validate.js': validators(schemas),
  'src/config/generated/daemon-keys.ts': daemonKeysModule(schemas),
  'src/config/generated/descriptions.ts': descriptionsModule(schemas),
  'docs/errors.md': errorsPage(),
  'docs/reference/desktop.yaml.md': configPage(schemas),
  'docs/reference/daemon.json.md': daemonPage(schemas),
  'docs/reference/exit-codes.md': exitCodesPage(),
  'docs/performance.md': await performancePage(root),
  'docs/recovery.md': await recoveryPage(root),
  'docs/decisions/README.md': await decisionsPage(root),
}

let stale = 0
for (const [path, text] of Object.entries(outputs)) {
  const file = join(root, path)
  if (process.argv.includes('--check')) {
    if ((await readFile(file, 'utf8').catch(() => '')) === text) continue
    console.log(`${path} is not up to date: run \`npm run generate\``)
    stale += 1
    continue
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
process.exitCode = stale === 0 ? 0 : 1
