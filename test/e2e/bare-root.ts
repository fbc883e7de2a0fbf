/**
 * A root directory with only Node, the programs of QEMU and squashfs, their libraries and busybox: no apt,
 * dpkg, xz or gpg.
 */
import { cp, lstat, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type RunResult, run } from '../../src/host/run.ts'

export interface BareRoot extends AsyncDisposable {
  dir: string
  /** Runs a busybox shell line inside, with these host paths mounted at the same place. */
  sh(line: string, mounts: readonly string[]): Promise<RunResult>
}

/** @param programs of this host to include, by absolute path. */
export async function bareRoot(programs: readonly string[], busybox: Uint8Array): Promise<BareRoot> {
  const dir = await mkdtemp(join(tmpdir(), 'dt-bare-'))
  for (const path of ['usr/bin', 'usr/lib', 'etc', 'proc', 'dev', 'tmp'])
    await mkdir(join(dir, path), { recursive: true })
  for (const [name, target] of Object.entries({
    bin: 'usr/bin',
    sbin: 'usr/bin',
    lib: 'usr/lib',
    lib64: 'usr/lib64',
  }))
    await symlink(target, join(dir, name))
  await writeFile(join(dir, 'usr/bin/busybox'), busybox, { mode: 0o755 })
  for (const applet of ['sh', 'env', 'mkdir', 'readlink', 'cat', 'test'])
    await symlink('busybox', join(dir, 'usr/bin', applet))
  for (const program of programs)
    await cp(await realpath(program), join(dir, 'usr/bin', program.split('/').at(-1) ?? ''))
  for (const name of ['hosts', 'resolv.conf', 'nsswitch.conf', 'passwd'])
    await cp(join('/etc', name), join(dir, 'etc', name), { dereference: true }).catch(() => {})
  await writeFile(join(dir, 'etc/os-release'), 'ID=fedora\n')
  const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/dev', '/proc']
  return {
    dir,
    sh: async (line, mounts) => {
      const binds = [...libraries, ...mounts]
      for (const path of binds) await place(path, join(dir, path))
      const script = [
        'set -e; root=$1; line=$2; shift 2',
        'for path; do mount --rbind "$path" "$root$path"; done',
        'exec chroot "$root" /usr/bin/busybox sh -c "$line"',
      ].join('\n')
      const inside = `export PATH=/usr/bin; ${line}`
      return await run([
        'unshare',
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-c',
        script,
        'sh',
        dir,
        inside,
        ...binds,
      ])
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

/** Creates a mount point. */
async function place(path: string, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true })
  if ((await lstat(path)).isDirectory()) await mkdir(at, { recursive: true })
  else await writeFile(at, '', { flag: 'a' })
}
