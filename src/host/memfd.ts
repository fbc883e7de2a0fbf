/** Files in memory without a name (memfd_create(2)), which can be sealed against any change. Linux only. */
import { closeSync, ftruncateSync } from 'node:fs'
import { libcFunction } from './libc.ts'

const MFD_CLOEXEC = 1
const MFD_ALLOW_SEALING = 2
/** Linux 6.3; required where vm.memfd_noexec is set. */
const MFD_NOEXEC_SEAL = 8
const F_ADD_SEALS = 1033
const F_GET_SEALS = 1034
/** F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE: private mappings remain writable. */
const unchangeable = 0b1111
const SEEK_DATA = 3
const SEEK_HOLE = 4

/** Bound where they are used, since other systems do not have them. */
const calls = () => ({
  create: libcFunction('int memfd_create(const char *, unsigned int)'),
  fcntl: libcFunction('int fcntl(int, int, int)'),
  lseek: libcFunction('int64_t lseek(int, int64_t, int)'),
})

/** Returns its descriptor. */
export function createMemfd(name: string, bytes: number): number {
  const { create } = calls()
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING
  let fd = Number(create(name, flags | MFD_NOEXEC_SEAL))
  if (fd < 0) fd = Number(create(name, flags))
  if (fd < 0) throw new Error('this kernel makes no files in memory (memfd_create)')
  try {
    ftruncateSync(fd, bytes)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return fd
}

/** Target of its link in /proc/PID/fd. */
export const memfdLink = (name: string): string => `/memfd:${name} (deleted)`

/** Permanent. Fails while a writable shared mapping exists. */
export function seal(fd: number): void {
  if (Number(calls().fcntl(fd, F_ADD_SEALS, unchangeable)) !== 0) throw new Error('the file was not sealed')
}

export function isSealed(fd: number): boolean {
  const seals = Number(calls().fcntl(fd, F_GET_SEALS, 0))
  return seals >= 0 && (seals & unchangeable) === unchangeable
}

export interface Extent {
  from: number
  to: number
}

/** Parts of a file that are not holes (lseek(2), SEEK_DATA). */
export function* dataExtents(fd: number, bytes: number): Generator<Extent> {
  const { lseek } = calls()
  for (let at = 0; at < bytes; ) {
    const from = Number(lseek(fd, at, SEEK_DATA))
    if (from < 0 || from >= bytes) return
    const hole = Number(lseek(fd, from, SEEK_HOLE))
    at = hole < 0 ? bytes : Math.min(hole, bytes)
    yield { from, to: at }
  }
}
