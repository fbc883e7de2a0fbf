/**
 * Builds dist/ and records its inputs in dist/built.json, from which bin/start.js decides whether dist/ is
 * current. Files are installed by renaming, and chunks of the previous build are kept, because running
 * commands and supervisors may still load them.
 *
 *   node scripts/build.ts
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'rolldown'
import bundles from '../rolldown.config.ts'

interface Built {
  /** Path in the checkout → size in bytes, modification time and digest, taken before the file was read. */
  inputs: Record<string, [size: number, mtimeMs: number, sha256: string]>
  outputs: string[]
}

/** A package with code in dist/. */
interface BundledPackage {
  name: string
  version: string
  license: string
}

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const record = join(dist, 'built.json')
const inputs: Built['inputs'] = {}
const packages = new Map<string, BundledPackage>()
const optional = { throwIfNoEntry: false } as const

function note(path: string): void {
  const { size, mtimeMs } = statSync(path)
  inputs[relative(root, path)] ??= [
    size,
    mtimeMs,
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  ]
}

/** Finds the nearest package.json with a name: some packages contain others that only set `type`. */
function notePackage(path: string): void {
  for (let dir = path; dir.includes('node_modules'); dir = dirname(dir)) {
    const file = join(dir, 'package.json')
    if (!existsSync(file)) continue
    const { name, version, license } = JSON.parse(readFileSync(file, 'utf8')) as Partial<BundledPackage>
    if (name === undefined || version === undefined) continue
    packages.set(`${name} ${version}`, { name, version, license: license ?? 'NOASSERTION' })
    return
  }
}

/** Packages count as one input: the lock file with their versions. */
const noteInputs: Plugin = {
  name: 'note-inputs',
  load: (id) => {
    if (id.startsWith(join(root, 'src'))) note(id)
  },
  // After tree shaking: a module without code in the bundle is not a component.
  generateBundle: (_options, files) => {
    for (const file of Object.values(files))
      if (file.type === 'chunk')
        for (const [id, { renderedLength }] of Object.entries(file.modules))
          if (renderedLength > 0) notePackage(id)
  },
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort()
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
      // First in the list, because modules loaded by a bundle plugin are inputs too.
      plugins: [noteInputs, bundle.plugins],
      output: { ...bundle.output, dir: fresh },
      logLevel: 'warn',
      // Do not warn about plugin timings on a slow host, nor about src/host/libc.ts: the supervisor needs it at once,
      // commands only later.
      checks: { pluginTimings: false, ineffectiveDynamicImport: false },
    })
  notePackage(join(root, 'node_modules', 'koffi'))
  await writeFile(
    join(fresh, 'packages.json'),
    `${JSON.stringify(
      [...packages.keys()].sort().map((key) => packages.get(key)),
      null,
      2,
    )}\n`,
  )
  const outputs = await filesBelow(fresh)
  // Chunks first: an entry must not refer to a chunk that is missing.
  const isEntry = (file: string): boolean =>
    bundles.some(({ input }) => Object.hasOwn(input, file.replace(/\.js$/, '')))
  for (const file of [...outputs.filter((file) => !isEntry(file)), ...outputs.filter(isEntry)]) {
    await mkdir(dirname(join(dist, file)), { recursive: true })
    await rename(join(fresh, file), join(dist, file))
  }
  await writeFile(join(fresh, 'built.json'), JSON.stringify({ inputs, outputs } satisfies Built))
  await rename(join(fresh, 'built.json'), record)
  const kept = new Set([...before, ...outputs, 'built.json'])
  for (const file of await filesBelow(dist)) {
    // Remove only old files: another build may be running, and leftovers of a killed one are old.
    const isOld = (): boolean => Date.now() - (statSync(join(dist, file), optional)?.mtimeMs ?? 0) > 600_000
    if (!kept.has(file) && (!file.startsWith('.new-') || isOld())) await rm(join(dist, file), { force: true })
  }
} finally {
  await rm(fresh, { recursive: true, force: true })
}
