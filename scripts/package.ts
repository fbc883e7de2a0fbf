/**
 * Makes a release: the npm package, a Debian package of the same files, the bill of materials of tool and guest, and
 * SHA256SUMS. The same commit gives the same bytes with the same Node and npm.
 *
 *   npm run package -- [FOLDER] [--incomplete-guest]      default: release/
 *
 * With --incomplete-guest, the guest's lock may lack packages that this version needs; a release lacks none.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { notCovered, parseLock } from '../src/guest/lock-file.ts'
import { readTar } from './release/archive.ts'
import { billOfMaterials } from './release/bom.ts'
import { releaseOf } from './release/commit.ts'
import { debArchitecture, writeDeb } from './release/deb.ts'
import { platforms } from './release/natives.ts'

interface PackageLock {
  packages: Record<string, { version: string; license?: string; integrity?: string }>
}

const root = join(import.meta.dirname, '..')
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'incomplete-guest': { type: 'boolean' } },
})
const out = resolve(positionals[0] ?? join(root, 'release'))
const readJson = async <T>(path: string): Promise<T> =>
  JSON.parse(await readFile(join(root, path), 'utf8')) as T
const { version, description, license } =
  await readJson<Record<'version' | 'description' | 'license', string>>('package.json')
const release = await releaseOf(root, version)
await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })

// The same Node, because another one compresses to different bytes.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }
await $({ cwd: root, quiet: true, env })`npm pack --ignore-scripts=false --pack-destination ${out}`
const tarball = `desktop-${version}.tgz`
const packed = await readTar(await readFile(join(out, tarball)))
const files = new Map([...packed].map(([path, file]) => [path.replace(/^package\//, ''), file]))
await writeFile(
  join(out, `desktop_${version}_${debArchitecture.debian}.deb`),
  await writeDeb({ version, description, license, files, date: new Date(release.date) }),
)
await writeFile(join(out, `desktop-${version}.cdx.json`), await bom())

const names = [tarball, `desktop_${version}_${debArchitecture.debian}.deb`, `desktop-${version}.cdx.json`]
const sums = await Promise.all(
  names.sort().map(async (name) => {
    const digest = createHash('sha256')
      .update(await readFile(join(out, name)))
      .digest('hex')
    return `${digest}  ${name}\n`
  }),
)
await writeFile(join(out, 'SHA256SUMS'), sums.join(''))
process.stdout.write(sums.join(''))

async function bom(): Promise<string> {
  const lock = await readJson<PackageLock>('package-lock.json')
  const bundled = await readJson<{ name: string; version: string; license: string }[]>('dist/packages.json')
  const natives = platforms.map((platform) => {
    const name = `@koromix/koffi-${platform}`
    const found = lock.packages[`node_modules/${name}`]
    return { name, version: found?.version ?? '', license: found?.license ?? 'NOASSERTION' }
  })
  const packages = [...bundled, ...natives].map((one) => ({ ...one, integrity: integrityOf(lock, one) }))
  const lockPath = 'scripts/release/desktop.lock'
  const guest = parseLock(await readFile(join(root, lockPath), 'utf8'), lockPath)
  const lacking = notCovered(guest)
  if (lacking.length > 0 && !values['incomplete-guest'])
    throw new Error(`${lockPath} lacks ${lacking.join(', ')}: run bin/desktop lock in its folder`)
  return billOfMaterials({ release, license, packages, guest })
}

/** A package may be present in several versions, nested in the folders of its users. */
function integrityOf(
  { packages }: PackageLock,
  { name, version }: { name: string; version: string },
): string {
  const found = Object.entries(packages).find(
    ([path, one]) => path.endsWith(`node_modules/${name}`) && one.version === version,
  )
  const integrity = found?.[1].integrity
  if (integrity === undefined) throw new Error(`package-lock.json has no ${name} ${version}`)
  return integrity
}
