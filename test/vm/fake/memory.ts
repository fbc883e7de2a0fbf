/** Guest memory in a file: a golden snapshot leaves a mark in it, without which no machine starts from it. */
import { fstatSync, openSync, readSync, writeSync } from 'node:fs'

const mark = Buffer.from('golden')

export class FakeMemory {
  readonly #fd: number | undefined
  /** Whether states are without the memory. */
  isApart = false

  constructor(path: string) {
    // As QEMU opens it, whether or not it can write.
    this.#fd = path === '' ? undefined : openSync(path, 'r+')
  }

  /** A saved state is complete, unless its memory is kept apart. */
  keep(): void {
    if (this.#fd !== undefined && this.isApart) writeSync(this.#fd, mark, 0, mark.length, 0)
  }

  /** `private` if it has no file. */
  inode(): string {
    if (this.#fd === undefined) return 'private'
    const found = Buffer.alloc(mark.length)
    readSync(this.#fd, found, 0, found.length, 0)
    if (!found.equals(mark) || !this.isApart) throw new Error('another memory')
    return String(fstatSync(this.#fd).ino)
  }
}
