/** Directories and sockets private to this user, in locations where no other user can replace them. */
import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs'
import { access, chmod, constants, lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { maxSocketPathBytes } from './paths.ts'

/** Like mkdir -p, with mode 0700. Throws EROFS on a read-only file system, where Node throws ENOENT. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    let parent = dirname(path)
    while (lstatSync(parent, { throwIfNoEntry: false }) === undefined) parent = dirname(parent)
    await access(parent, constants.W_OK)
    throw error
  }
}

/** Creates the directory with mode 0700; rejects one that another user owns or could replace (a shared /tmp). */
export async function privateDirectory(path: string): Promise<void> {
  await makeDirectory(path)
  const stat = await lstat(path)
  const uid = process.getuid?.()
  if (!stat.isDirectory() || (uid !== undefined && stat.uid !== uid)) {
    throw new DesktopError('host/unsafe-directory', `${path} is not a directory owned by this user`, {
      hint: 'remove it, or set XDG_RUNTIME_DIR to a directory that you own',
    })
  }
  if ((stat.mode & 0o077) !== 0) await chmod(path, 0o700)
  requireSafePlace(path)
}

/** Makes our own directory private if an earlier version created it world-readable; others are left unchanged. */
export async function closeDirectory(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => undefined)
  const isOurs = stat?.isDirectory() === true && stat.uid === process.getuid?.()
  if (isOurs && (stat.mode & 0o077) !== 0) await chmod(path, 0o700)
}

/**
 * Throws `host/unsafe-directory` if another user could replace this path: every component, as written and with symlinks
 * resolved, must belong to this user or root and be writable by no one else (sticky directories are allowed).
 */
export function requireSafePlace(path: string): void {
  const places = new Set([...ancestors(path), ...ancestors(realpathSync(path))])
  for (const place of places) {
    const problem = problemOf(lstatSync(place))
    if (problem === undefined) continue
    throw new DesktopError('host/unsafe-directory', `${place} ${problem}, so ${path} is not safe`, {
      hint: `make ${place} writable by its owner only (chmod go-w), or set XDG_RUNTIME_DIR to a directory that you own`,
    })
  }
}

function ancestors(path: string): string[] {
  return path === dirname(path) ? [path] : [...ancestors(dirname(path)), path]
}

const groupWrite = 0o020
const otherWrite = 0o002
const sticky = 0o1000

function problemOf(stat: Stats): string | undefined {
  const uid = process.getuid?.()
  if (uid === undefined) return undefined
  if (stat.uid !== uid && stat.uid !== 0 && !isTrusted(stat.uid))
    return `belongs to another user (uid ${stat.uid})`
  if (!stat.isDirectory() || (stat.mode & sticky) !== 0) return undefined
  if ((stat.mode & otherWrite) !== 0) return 'is world-writable'
  // With umask 002, the user's own group is writable and has no other members.
  const isOwnGroup = stat.gid === process.getgid?.() || stat.gid === 0
  return (stat.mode & groupWrite) !== 0 && !isOwnGroup ? `is writable by group ${stat.gid}` : undefined
}

const nobody = 65_534

/** A sudo user is trusted, being root already. In a user namespace, the host's root appears as nobody. */
function isTrusted(uid: number): boolean {
  if (process.getuid?.() === 0 && uid === Number(process.env.SUDO_UID ?? -1)) return true
  return uid === nobody && isMapped()
}

function isMapped(): boolean {
  try {
    return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'))
  } catch {
    return false
  }
}

/** Throws a clear error before bind(2) would fail with an obscure one. */
export function checkSocketPath(
  path: string,
  hint = 'use a shorter environment name, or a shorter XDG_RUNTIME_DIR',
): void {
  const bytes = Buffer.byteLength(path)
  if (bytes <= maxSocketPathBytes) return
  throw new DesktopError(
    'host/socket-path-too-long',
    `the socket path ${path} is ${bytes} bytes long; the limit is ${maxSocketPathBytes}`,
    { hint },
  )
}
