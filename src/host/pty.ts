/**
 * A pseudo terminal (pty(7)): this process has one end, and a program that opens its path the other. In raw mode from
 * the start, because the terminal would otherwise echo input. Linux only.
 */
import { chmodSync, closeSync, constants, openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { libcFunction } from './libc.ts'

/** Linux: asm-generic/poll.h, bits/termios.h. */
const pollHup = 0x10
const tcsaNow = 0
const tcioFlush = 2
const oCloexec = 0o2000000
/** struct termios has 60 bytes. */
const termiosBytes = 64
const nameBytes = 64

interface Calls {
  posix_openpt(flags: number): number
  grantpt(fd: number): number
  unlockpt(fd: number): number
  ptsname_r(fd: number, name: Uint8Array, bytes: number): number
  tcgetattr(fd: number, termios: Uint8Array): number
  tcsetattr(fd: number, when: number, termios: Uint8Array): number
  cfmakeraw(termios: Uint8Array): void
  tcflush(fd: number, queue: number): number
  poll(fds: Uint8Array, count: number, timeoutMs: number): number
  dup(fd: number): number
}

const prototypes: Readonly<Record<keyof Calls, string>> = {
  posix_openpt: 'int posix_openpt(int)',
  grantpt: 'int grantpt(int)',
  unlockpt: 'int unlockpt(int)',
  ptsname_r: 'int ptsname_r(int, void *, size_t)',
  tcgetattr: 'int tcgetattr(int, void *)',
  tcsetattr: 'int tcsetattr(int, int, void *)',
  cfmakeraw: 'void cfmakeraw(void *)',
  tcflush: 'int tcflush(int, int)',
  poll: 'int poll(void *, unsigned long, int)',
  dup: 'int dup(int)',
}

let loaded: Calls | undefined

function calls(): Calls {
  if (loaded !== undefined) return loaded
  const all = Object.entries(prototypes).map(([name, prototype]) => [name, libcFunction(prototype)])
  loaded = Object.fromEntries(all) as Calls
  return loaded
}

export class Pty implements Disposable {
  /** E.g. `/dev/pts/7`; only this user can open it. */
  readonly path: string
  readonly #fd: number

  /** Throws if the host has no more pseudo terminals. */
  constructor() {
    const { posix_openpt, grantpt, unlockpt, ptsname_r } = calls()
    this.#fd = posix_openpt(constants.O_RDWR | constants.O_NOCTTY | oCloexec)
    if (this.#fd < 0) throw new Error('this host is out of pseudo terminals')
    const name = Buffer.alloc(nameBytes)
    const failed = grantpt(this.#fd) !== 0 || unlockpt(this.#fd) !== 0
    if (failed || ptsname_r(this.#fd, name, nameBytes) !== 0) {
      closeSync(this.#fd)
      throw new Error('a pseudo terminal cannot be opened')
    }
    this.path = name.toString('utf8', 0, name.indexOf(0))
    chmodSync(this.path, 0o600)
    this.reset()
    // The kernel reports a hangup only after the path was opened and closed once.
    closeSync(openSync(this.path, constants.O_RDWR | constants.O_NOCTTY))
  }

  /** Whether the path is open in some process. */
  get taken(): boolean {
    const poll = Buffer.alloc(8)
    poll.writeInt32LE(this.#fd, 0)
    calls().poll(poll, 1, 0)
    return (poll.readUInt16LE(6) & pollHup) === 0
  }

  /** Discards unread output and restores raw mode. */
  reset(): void {
    const { tcgetattr, cfmakeraw, tcsetattr, tcflush } = calls()
    const termios = Buffer.alloc(termiosBytes)
    tcgetattr(this.#fd, termios)
    cfmakeraw(termios)
    tcsetattr(this.#fd, tcsaNow, termios)
    tcflush(this.#fd, tcioFlush)
  }

  /** Stream to and from the process that has the path open; closes when that process closes it. */
  stream(): ReadStream {
    return new ReadStream(calls().dup(this.#fd))
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}
