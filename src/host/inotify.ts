/** inotify(7): changes of watched folders. Linux only. File names are latin1 strings, one character per byte. */
import { closeSync, readSync } from 'node:fs'
import { lastErrno, libcFunction, pollReadable } from './libc.ts'

/** Bits of an event (linux/inotify.h). */
export const inotifyMask = {
  modify: 0x2,
  attributes: 0x4,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  overflow: 0x4000,
  /** The watch has ended: the folder is gone, or `unwatch` was called. */
  ignored: 0x8000,
  isFolder: 0x4000_0000,
} as const

export interface InotifyEvent {
  /** -1 for an overflow. */
  watch: number
  mask: number
  /** Empty for the folder itself. */
  name: string
}

/** Folders only; without events of deleted files that are still open. */
const watched = 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200 | 0x0100_0000 | 0x0400_0000
/** IN_NONBLOCK, IN_CLOEXEC. */
const flags = 0o4000 | 0o2000000
/** Limit of watches or of kernel memory reached. */
const exhausted: readonly number[] = [28, 12]
const headerBytes = 16
/** Read per turn of the event loop: some 2,000 events. */
const bufferBytes = 64 * 1024
/** Header and a name of 255 bytes; if there is room for one more, none was left. */
const maxEventBytes = headerBytes + 256

/** @param isDrained whether the kernel's queue was empty afterwards. */
type OnEvents = (events: readonly InotifyEvent[], isDrained: boolean) => void

export class Inotify implements Disposable {
  readonly #fd: number
  readonly #poll: ReturnType<typeof pollReadable>
  readonly #buffer = Buffer.alloc(bufferBytes)
  readonly #addWatch = libcFunction('int inotify_add_watch(int, const char *, uint32_t)')
  readonly #removeWatch = libcFunction('int inotify_rm_watch(int, int)')

  private constructor(fd: number, onEvents: OnEvents) {
    this.#fd = fd
    this.#poll = pollReadable(fd, () => {
      const bytes = readSync(fd, this.#buffer)
      onEvents(parseEvents(this.#buffer.subarray(0, bytes)), bytes + maxEventBytes <= bufferBytes)
    })
    this.#poll.unref()
  }

  /** Undefined if this user has no inotify instance left. */
  static open(onEvents: OnEvents): Inotify | undefined {
    const fd: number = libcFunction('int inotify_init1(int)')(flags)
    return fd < 0 ? undefined : new Inotify(fd, onEvents)
  }

  /** Returns the watch, the same one for the same folder. */
  watch(path: string): number | 'limit' | 'refused' {
    const watch: number = this.#addWatch(this.#fd, path, watched)
    if (watch >= 0) return watch
    return exhausted.includes(lastErrno()) ? 'limit' : 'refused'
  }

  unwatch(watch: number): void {
    this.#removeWatch(this.#fd, watch)
  }

  [Symbol.dispose](): void {
    this.#poll.close()
    closeSync(this.#fd)
  }
}

/** struct inotify_event: watch i32, mask u32, cookie u32, length u32, name padded with zeros. */
export function parseEvents(bytes: Buffer): InotifyEvent[] {
  const events: InotifyEvent[] = []
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const nameAt = at + headerBytes
    const end = nameAt + bytes.readUInt32LE(at + 12)
    const zero = bytes.indexOf(0, nameAt)
    events.push({
      watch: bytes.readInt32LE(at),
      mask: bytes.readUInt32LE(at + 4),
      name: end === nameAt ? '' : bytes.toString('latin1', nameAt, zero >= 0 && zero < end ? zero : end),
    })
    at = end
  }
  return events
}
