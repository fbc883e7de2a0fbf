/** flock(2): a lock that the kernel releases when its holder exits or crashes. */
import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../errors/desktop-error.ts'
import { makeDirectory } from './directories.ts'

const LOCK_EX = 2
const LOCK_NB = 4

type Flock = (fd: number, operation: number) => number

let flockSymbol: Flock | undefined

/** Returns false if another open file description holds the lock. */
async function tryFlock(fd: number): Promise<boolean> {
  flockSymbol ??= await bindFlock()
  return flockSymbol(fd, LOCK_EX | LOCK_NB) === 0
}

/** Loaded for the first lock: a plan of machines on this host locks nothing. */
async function bindFlock(): Promise<Flock> {
  const { libcFunction } = await import('./libc.ts')
  return libcFunction('int flock(int fd, int operation)') as Flock
}

/**
 * Locks the directory itself, which cannot be recreated without losing its content; undefined if another process holds
 * the lock. Released when this process exits or crashes.
 */
export async function lockDirectory(path: string): Promise<DirectoryLock | undefined> {
  const fd = openSync(path, 'r')
  if ((await tryFlock(fd)) && isAt(path, fd)) {
    return { holds: () => isAt(path, fd), [Symbol.dispose]: () => closeSync(fd) }
  }
  closeSync(fd)
  return undefined
}

export interface DirectoryLock extends Disposable {
  /** False after the directory was removed or moved. */
  holds(): boolean
}

/** Pid of the process that holds a lock on this file or directory (proc(5), /proc/locks); Linux only. */
export async function lockOwner(path: string): Promise<number | undefined> {
  const stat = statSync(path, { throwIfNoEntry: false })
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '')
  for (const line of locks.split('\n')) {
    const [, pid, inode] = /: FLOCK +\S+ +WRITE +(\d+) +[\da-f]+:[\da-f]+:(\d+) /.exec(line) ?? []
    if (stat !== undefined && Number(inode) === stat.ino && Number(pid) > 0) return Number(pid)
  }
  return undefined
}

/** Informational record next to the lock; the lock itself is in the kernel. */
export interface LockHolder {
  pid: number
  command: string
  since: string
}

export interface Lock extends AsyncDisposable {
  readonly path: string
}

interface LockOptions {
  /** Command of the holder, e.g. `desktop apply`. */
  command: string
  /** Time to wait for another holder; 0 = do not wait. */
  timeoutMs?: number
  onWait?: (holder: LockHolder | undefined) => void
  signal?: AbortSignal
}

/** Beside the lock at this path; a killed holder leaves it. */
export const holderFile = (path: string): string => `${path}.holder`

export async function readLockHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(holderFile(path), 'utf8')) as LockHolder
  } catch {
    // The holder file is written after locking, and is informational.
    return undefined
  }
}

/** Throws `lock/held`, with the holder's name, at the deadline. */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const deadline = Date.now() + (options.timeoutMs ?? 0)
  let fd = await lockedFile(path, deadline, options)
  while (!isAt(path, fd)) {
    // The holder removed the file with the environment; a lock on an unlinked file excludes no one.
    closeSync(fd)
    fd = await lockedFile(path, deadline, options)
  }
  const holder: LockHolder = { pid: process.pid, command: options.command, since: new Date().toISOString() }
  // Informational only: a full disk must not prevent locking.
  await writeFile(holderFile(path), JSON.stringify(holder)).catch(() => {})
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(holderFile(path), { force: true }).catch(() => {})
      closeSync(fd)
    },
  }
}

/** Opens and locks the file at this path, which may have been replaced meanwhile. */
async function lockedFile(path: string, deadline: number, options: LockOptions): Promise<number> {
  await makeDirectory(dirname(path))
  const fd = openSync(path, 'a', 0o600)
  let told = false
  try {
    while (!(await tryFlock(fd))) {
      const holder = await readLockHolder(path)
      if (Date.now() >= deadline) throw heldError(path, holder)
      if (!told) options.onWait?.(holder)
      told = true
      await sleep(50, undefined, options.signal === undefined ? {} : { signal: options.signal })
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function isAt(path: string, fd: number): boolean {
  const [named, open] = [statSync(path, { throwIfNoEntry: false }), fstatSync(fd)]
  return named?.ino === open.ino && named.dev === open.dev
}

function heldError(path: string, holder: LockHolder | undefined): DesktopError {
  const who =
    holder === undefined ? 'another process' : `${holder.command} (pid ${holder.pid}, since ${holder.since})`
  return new DesktopError('lock/held', `${who} holds the lock of this environment`, {
    hint: `wait for it, or run again with --lock-timeout 60s; the lock file is ${path}`,
  })
}
