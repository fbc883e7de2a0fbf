/**
 * Keeps what this version writes for the tests of later ones: an apply by the real command, and its state directory in
 * test/fixtures/state/VERSION. Run once when a version is made: `node test/support/cli/keep-state.ts`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { toolVersion } from '../../../src/version.ts'
import { testHost } from './host.ts'

const kept = [
  'environment.json',
  'journal.ndjson',
  'supervisor.json',
  'daemon.last-good.json',
  'vm.last-good.json',
  'suspended.json',
  'generations/000001.json',
  'saved-plan.json',
]

await using host = await testHost()
await host.write('ports: ["18084:80"]\nengine: { config: { labels: [kept=yes] } }\n')
const plan = join(host.paths.stateDir, 'saved-plan.json')
for (const args of [['apply'], ['plan', '-o', plan], ['stop']]) await host.ok(...args)
const to = join(import.meta.dirname, '../../fixtures/state', toolVersion)
for (const file of kept) {
  const text = await readFile(join(host.paths.stateDir, file), 'utf8')
  await mkdir(dirname(join(to, file)), { recursive: true })
  await writeFile(
    join(to, file),
    text.replaceAll(host.dir, '/home/user').replaceAll(process.execPath, '/usr/bin/node'),
  )
}
process.stdout.write(`${relative(process.cwd(), to)}: ${kept.join(', ')}\n`)
