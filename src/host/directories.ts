/** Directories and sockets that only this user may enter. */
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { DesktopError } from '../errors.ts'
import { maxSocketPathBytes } from './paths.ts'

/** Creates the directory with mode 0700; refuses one that somebody else owns (a shared /tmp). */
export async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const stat = await lstat(path)
  const uid = process.getuid?.()
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw new DesktopError('host/unsafe-directory', `${path} is not a directory of this user`, {
      hint: 'remove it, or set XDG_RUNTIME_DIR to a directory that is yours',
    })
  }
  if ((stat.mode & 0o077) !== 0) await chmod(path, 0o700)
}

/** Throws before bind(2) would fail with a message that nobody understands. */
export function checkSocketPath(
  path: string,
  hint = 'use a shorter environment name, or a shorter XDG_RUNTIME_DIR',
): void {
  const bytes = Buffer.byteLength(path)
  if (bytes <= maxSocketPathBytes) return
  throw new DesktopError(
    'host/socket-path-too-long',
    `the socket path ${path} has ${bytes} bytes; the most is ${maxSocketPathBytes}`,
    { hint },
  )
}
