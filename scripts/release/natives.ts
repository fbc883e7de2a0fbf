/**
 * koffi's native modules for every supported platform, from the npm registry, verified with the digests in
 * package-lock.json. A package with all of them runs wherever it is copied, and installs without network
 * access.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, matchesGlob } from 'node:path'
import { $ } from 'zx'
import { nativeFiles } from '../../rolldown.config.ts'
import { readTar } from './archive.ts'

export const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'] as const

interface Wanted {
  platform: string
  name: string
  version: string
  integrity: string
}

interface Lock {
  packages: Record<string, { version: string; integrity: string }>
}

/** Replaces dist/vendor/@koromix. */
export async function writeNatives(root: string, dist: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock
  const into = join(dist, 'vendor', '@koromix')
  await rm(into, { recursive: true, force: true })
  const scratch = await mkdtemp(join(tmpdir(), 'koffi-'))
  try {
    const wanted = platforms.map((platform): Wanted => {
      const name = `@koromix/koffi-${platform}`
      const locked = lock.packages[`node_modules/${name}`]
      if (locked === undefined) throw new Error(`package-lock.json has no ${name}`)
      return { platform, name, ...locked }
    })
    for (const [platform, archive] of await download(scratch, wanted)) {
      const files = await readTar(archive)
      for (const [path, { content, mode }] of files) {
        const file = join(`koffi-${platform}`, path.replace(/^package\//, ''))
        if (!matchesGlob(file, nativeFiles)) continue
        await mkdir(dirname(join(into, file)), { recursive: true })
        await writeFile(join(into, file), content, { mode })
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function download(dir: string, wanted: readonly Wanted[]): Promise<Map<string, Buffer>> {
  // npm sets variables for its scripts, such as this one, that a nested npm would read as options.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^npm_(?!config_(registry|cache|offline)$)/i.test(key)),
  )
  const specs = wanted.map(({ name, version }) => `${name}@${version}`)
  const packed = await $({ cwd: dir, quiet: true, env })`npm pack --prefer-offline --json ${specs}`
  const files = JSON.parse(packed.stdout) as { name: string; filename: string }[]
  const archives = new Map<string, Buffer>()
  for (const { platform, name, integrity } of wanted) {
    const found = files.find((file) => file.name === name)
    if (found === undefined) throw new Error(`npm packed no ${name}`)
    const bytes = await readFile(join(dir, found.filename))
    const [algorithm = '', digest] = integrity.split(/-(.*)/s)
    if (createHash(algorithm).update(bytes).digest('base64') !== digest)
      throw new Error(`${name}: not the bytes that package-lock.json names`)
    archives.set(platform, bytes)
  }
  return archives
}
