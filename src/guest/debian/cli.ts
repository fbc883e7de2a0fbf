/** The docker CLI for hosts that have none: unpacked from Debian's package into the cache. */
import { access, chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors.ts'
import type { CachePaths } from '../../host/paths.ts'
import { openAptRoot, readIndexes, updateIndex } from './apt.ts'
import { debPath, fetchDebs } from './debs.ts'
import { addDeb, bytesAt, type Layer } from './layer.ts'
import { parsePackages } from './packages.ts'

/** Path of a docker binary that runs on this host; downloaded the first time. */
export async function dockerCli(cache: CachePaths, signal?: AbortSignal): Promise<string> {
  const dir = join(cache.aptDir, 'docker-cli')
  const path = join(dir, 'docker')
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return path
  const root = await openAptRoot(cache.aptDir)
  let indexes = await readIndexes(root)
  if (indexes.length === 0) {
    await updateIndex(cache.aptDir, root, signal)
    indexes = await readIndexes(root)
  }
  const found = parsePackages(...indexes).get('docker-cli')
  if (found === undefined)
    throw new DesktopError('guest/package-missing', 'the package index has no docker-cli')
  await fetchDebs(cache.debsDir, [found], { aptRoot: async () => root, signal })
  const layer: Layer = new Map()
  await addDeb(layer, debPath(cache.debsDir, found), [/^(?!usr\/bin)/], signal)
  const binary = bytesAt(layer, 'usr/bin/docker')
  if (binary === undefined) throw new DesktopError('guest/build-failed', 'docker-cli holds no usr/bin/docker')
  await mkdir(dir, { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, binary)
  await chmod(temporary, 0o755)
  await rename(temporary, path).finally(() => rm(temporary, { force: true }))
  return path
}
