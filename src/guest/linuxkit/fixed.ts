/** Constants of every build: timestamps, and files that override those in images. */
import { posix } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Directory, File } from '../archive/entry.ts'
import { treePath } from '../archive/path.ts'

/** 2017-04-18 16:30:00 UTC, as in upstream, so that equal inputs give equal archives. */
export const buildTime: number = Date.UTC(2017, 3, 18, 16, 30) / 1000

export const hosts = `127.0.0.1       localhost
::1     localhost ip6-localhost ip6-loopback
fe00::0 ip6-localnet
ff00::0 ip6-mcastprefix
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
`

export const noResolvConf = '\n# no resolv.conf configured\n'

const root = { uid: 0, gid: 0, mtime: buildTime }

/** Joins a path from YAML or an image. Throws `oci/bad-tree` if it is outside the tree. */
export function inTree(...parts: string[]): string {
  const path = treePath(posix.join(...parts))
  if (path === undefined)
    throw new DesktopError('oci/bad-tree', `"${posix.join(...parts)}" leads outside the guest`)
  return path
}

export const directory = (path: string): Directory => ({ type: 'directory', path, mode: 0o755, ...root })

export const file = (path: string, text: string | Uint8Array): File => ({
  type: 'file',
  path,
  mode: 0o644,
  content: Buffer.from(text),
  ...root,
})

/** `a/b/c` and all its parents, which upstream repeats for each bundle. */
export function directories(path: string): Directory[] {
  const parts = path.split('/')
  return parts.map((_, index) => directory(parts.slice(0, index + 1).join('/')))
}
