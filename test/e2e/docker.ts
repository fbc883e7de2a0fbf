/**
 * Docker dependencies of the tests that cannot be downloaded: a client, and an image with a small userland.
 */
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tarChunks } from '../../src/guest/archive/tar-write.ts'
import { refreshLock } from '../../src/guest/build.ts'
import { dockerClient, hostGlibc } from '../../src/guest/debian/client.ts'
import { debPath, fetchDebs } from '../../src/guest/debian/debs.ts'
import {
  addDeb,
  bytesAt,
  directory,
  file,
  type Layer,
  put,
  sorted,
  symlink,
} from '../../src/guest/debian/layer.ts'
import { lockedPackages } from '../../src/guest/debian/lock.ts'
import { openIndex } from '../../src/guest/debian/package-index.ts'
import { cachedLock } from '../../src/guest/digest.ts'
import { findProgram } from '../../src/host/packages.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'

export interface Docker {
  cli: string
  /** A tar for `docker import`: busybox and its links. */
  rootfs: string
  /** Command line of a web server that responds with `text`. */
  httpServer(text: string, port?: number): string[]
}

export async function dockerForTests(): Promise<Docker> {
  const cache = cachePaths()
  return {
    cli: (await findProgram('docker')) ?? (await dockerClient({ cache, glibc: hostGlibc() })).docker,
    rootfs: await busyboxRootfs(cache, join(cache.aptDir, '..', 'test')),
    httpServer: (text, port = 80) => [
      'sh',
      '-c',
      `mkdir -p /www && printf %s "${text}" >/www/index.html && exec httpd -f -p ${port} -h /www`,
    ],
  }
}

async function busyboxRootfs(cache: CachePaths, dir: string): Promise<string> {
  const tar = join(dir, 'busybox.tar')
  if (
    await access(tar).then(
      () => true,
      () => false,
    )
  )
    return tar
  await mkdir(dir, { recursive: true })
  const lock = (await cachedLock(cache)) ?? (await refreshLock({ cache }))
  const packages = lockedPackages(lock).filter(({ name }) => name === 'busybox-static')
  await fetchDebs(cache.debsDir, packages, { index: () => openIndex(cache.aptDir) })
  const unpacked: Layer = new Map()
  for (const one of packages) await addDeb(unpacked, debPath(cache.debsDir, one), [])
  const busybox = bytesAt(unpacked, 'usr/bin/busybox') ?? Buffer.alloc(0)
  const program = `${tar}.${process.pid}.busybox`
  try {
    await writeFile(program, busybox, { mode: 0o755 })
    const { stdout } = await run([program, '--list'])
    const root: Layer = new Map()
    for (const path of ['bin', 'etc']) put(root, directory(path))
    put(root, directory('tmp', 0o1777))
    put(root, file('bin/busybox', busybox, 0o755))
    for (const name of stdout
      .trim()
      .split('\n')
      .filter((applet) => applet !== 'busybox'))
      put(root, symlink(`bin/${name}`, 'busybox'))
    const chunks: Uint8Array[] = []
    for await (const chunk of tarChunks(sorted(root))) chunks.push(chunk)
    await writeFile(`${tar}.${process.pid}.tmp`, Buffer.concat(chunks))
    await rename(`${tar}.${process.pid}.tmp`, tar)
  } finally {
    await rm(program, { force: true })
  }
  return tar
}
