/** Reads a file from an untrusted location: regular files only, with a size limit, without blocking. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { DesktopError } from '../errors/desktop-error.ts'

/**
 * Throws `file/not-regular` and `file/too-large`, and system errors unchanged. The type is also checked before opening,
 * because opening some devices has side effects.
 */
export function readRegularFile(path: string, { maxBytes }: { maxBytes: number }): Buffer {
  requireRegular(path, statSync(path))
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const found = fstatSync(descriptor)
    requireRegular(path, found)
    // Files in /proc have size 0 and are read up to the limit.
    if (found.size > maxBytes) throw tooLarge(path, maxBytes)
    const bytes = Buffer.alloc(Math.min(maxBytes, Math.max(found.size, 4096)) + 1)
    let length = 0
    for (;;) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null)
      length += count
      if (count === 0 || length === bytes.length) break
    }
    if (length > maxBytes || length > found.size + 4096) throw tooLarge(path, maxBytes)
    return bytes.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}

/** Checks a file that other code will read. A missing file is accepted. */
export function requireRegularFile(path: string, { maxBytes }: { maxBytes: number }): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  requireRegular(path, found)
  if (found.size > maxBytes) throw tooLarge(path, maxBytes)
}

function requireRegular(path: string, found: Stats): void {
  if (found.isFile()) return
  throw new DesktopError('file/not-regular', `${path} is ${kindOf(found)}, not a regular file`)
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory'
  if (found.isFIFO()) return 'a FIFO'
  if (found.isSocket()) return 'a socket'
  return 'a device'
}

const tooLarge = (path: string, maxBytes: number): DesktopError =>
  new DesktopError('file/too-large', `${path} is larger than ${maxBytes / 1024} KiB`)
