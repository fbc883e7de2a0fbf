/**
 * Builds dist/ and keeps in dist/built.json what it was made from, by which bin/start.js tells whether it is
 * current. Files are put in place by renames, and chunks of the build before stay: a command or a supervisor that
 * runs meanwhile goes on with its own.
 *
 *   node scripts/build.ts
 */
import { statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { build, type Plugin } from 'rolldown'
import bundles from '../rolldown.config.ts'

interface Built {
  /** Path from the root of the checkout → size in bytes and time of change, as they were before the file was read. */
  inputs: Record<string, [size: number, mtimeMs: number]>
  outputs: string[]
}

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const record = join(dist, 'built.json')
const inputs: Built['inputs'] = {}
const optional = { throwIfNoEntry: false } as const

function note(path: string): void {
  const { size, mtimeMs } = statSync(path)
  inputs[relative(root, path)] ??= [size, mtimeMs]
}

/** Packages are one input: the file that names their versions. */
const noteInputs: Plugin = {
  name: 'note-inputs',
  load: (id) => {
    if (id.startsWith(join(root, 'src'))) note(id)
  },
}

const before = await readFile(record, 'utf8')
  .then((text) => (JSON.parse(text) as Built).outputs)
  .catch(() => [])
for (const file of ['package.json', 'package-lock.json', 'rolldown.config.ts', 'scripts/build.ts'])
  note(join(root, file))
await mkdir(dist, { recursive: true })
const fresh = await mkdtemp(join(dist, '.new-'))
try {
  for (const bundle of bundles)
    await build({
      ...bundle,
      cwd: root,
      plugins: [bundle.plugins, noteInputs],
      output: { ...bundle.output, dir: fresh },
      logLevel: 'warn',
    })
  const outputs = (await readdir(fresh)).sort()
  // Chunks first: an entry must not name one that is not there yet.
  const isEntry = (file: string): boolean =>
    bundles.some(({ input }) => Object.hasOwn(input, file.replace(/\.js$/, '')))
  for (const file of [...outputs.filter((file) => !isEntry(file)), ...outputs.filter(isEntry)])
    await rename(join(fresh, file), join(dist, file))
  await writeFile(join(fresh, 'built.json'), JSON.stringify({ inputs, outputs } satisfies Built))
  await rename(join(fresh, 'built.json'), record)
  const kept = new Set([...before, ...outputs, 'built.json'])
  for (const file of await readdir(dist)) {
    // Another build may be at work now; what a killed one left is old.
    const isOld = (): boolean => Date.now() - (statSync(join(dist, file), optional)?.mtimeMs ?? 0) > 600_000
    if (!kept.has(file) && (!file.startsWith('.new-') || isOld()))
      await rm(join(dist, file), { recursive: true, force: true })
  }
} finally {
  await rm(fresh, { recursive: true, force: true })
}
