/** What the runs need of Docker and cannot fetch: a client, and an image with a small userland. */
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerCli } from '../../src/guest/debian/cli.ts'
import { findProgram } from '../../src/host/packages.ts'
import { cachePaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'

export interface Docker {
  cli: string
  /** A tar for `docker import`: busybox and links to it. */
  rootfs: string
  /** Command line of a web server that says `text`. */
  httpServer(text: string, port?: number): string[]
}

export async function dockerForTests(): Promise<Docker> {
  const cache = cachePaths()
  return {
    cli: (await findProgram('docker')) ?? (await dockerCli(cache)),
    rootfs: await busyboxRootfs(join(cache.aptDir, '..', 'test')),
    httpServer: (text, port = 80) => [
      'sh',
      '-c',
      `mkdir -p /www && printf %s "${text}" >/www/index.html && exec httpd -f -p ${port} -h /www`,
    ],
  }
}

async function busyboxRootfs(dir: string): Promise<string> {
  const tar = join(dir, 'busybox.tar')
  if (
    await access(tar).then(
      () => true,
      () => false,
    )
  )
    return tar
  await mkdir(dir, { recursive: true })
  const work = await mkdtemp(join(dir, 'rootfs-'))
  try {
    await must(['apt-get', 'download', '-q', 'busybox-static'], work)
    const [deb] = (await readdir(work)).filter((name) => name.endsWith('.deb'))
    await must(['dpkg-deb', '-x', deb ?? '', 'x'], work)
    const root = join(work, 'root')
    for (const path of ['bin', 'etc', 'tmp']) await mkdir(join(root, path), { recursive: true })
    const binary = ['x/bin/busybox', 'x/usr/bin/busybox'].map((path) => join(work, path))
    for (const path of binary) await rename(path, join(root, 'bin/busybox')).catch(() => {})
    await chmod(join(root, 'bin/busybox'), 0o755)
    const applets = (await must([join(root, 'bin/busybox'), '--list'], work)).trim().split('\n')
    for (const name of applets.filter((applet) => applet !== 'busybox'))
      await symlink('busybox', join(root, 'bin', name))
    await must(['tar', '-C', root, '-cf', `${tar}.tmp`, '.'], work)
    await rename(`${tar}.tmp`, tar)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return tar
}

async function must(argv: readonly [string, ...string[]], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(argv, { cwd })
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
  return stdout
}
