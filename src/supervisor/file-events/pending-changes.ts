/**
 * Changes that the VM does not know yet, merged per file. A file that was just reported rests for a moment, so that a
 * program that writes without pause, in the VM too, causes a bounded number of events.
 */

/** Bits. */
export const change = {
  content: 1,
  attributes: 2,
  /** The name may belong to another file now. */
  name: 4,
} as const

/** Changes within this time are one event, ms. */
export const settleMs = 20
/** Minimum time between two events of one file, ms. */
export const restMs = 100
/** Beyond this number of files, only their folders are reported. */
export const maxPending = 100_000
/** The same limit for the length of their paths, bytes. */
export const maxPendingBytes: number = 16 * 1024 * 1024
/** Folders that stand for their files may take as much again; beyond that, their parents stand for them. */
const folderFactor = 2

export interface Batch {
  /** Path → bits of `change`. */
  changes: ReadonlyMap<string, number>
  /** When to take the next batch, ms from now; undefined if nothing is pending. */
  nextMs: number | undefined
}

export class PendingChanges {
  readonly #pending = new Map<string, number>()
  #bytes = 0
  /** Path → time of its last event, oldest first. */
  readonly #sent = new Map<string, number>()

  get size(): number {
    return this.#pending.size
  }

  note(path: string, bits: number): void {
    if (this.#pending.has(path) || this.#fits(path, 1)) {
      this.#add(path, bits)
      return
    }
    let folder = parentOf(path)
    while (folder !== '.' && !this.#pending.has(folder) && !this.#fits(folder, folderFactor))
      folder = parentOf(folder)
    this.#add(folder, change.attributes)
  }

  #fits({ length }: string, factor: number): boolean {
    return this.#pending.size < factor * maxPending && this.#bytes + length <= factor * maxPendingBytes
  }

  #add(path: string, bits: number): void {
    const before = this.#pending.get(path)
    if (before === undefined) this.#bytes += path.length
    this.#pending.set(path, (before ?? 0) | bits)
  }

  /** Removes up to `most` changes that are due at `now`, ms. */
  take(now: number, most: number): Batch {
    for (const [path, at] of this.#sent) {
      if (now - at < restMs) break
      this.#sent.delete(path)
    }
    const changes = new Map<string, number>()
    let nextMs: number | undefined
    for (const [path, bits] of this.#pending) {
      const sent = this.#sent.get(path)
      if (sent !== undefined) {
        nextMs = Math.min(nextMs ?? restMs, Math.max(1, sent + restMs - now))
      } else if (changes.size >= most) {
        nextMs = 0
        break
      } else {
        changes.set(path, bits)
        this.#pending.delete(path)
        this.#bytes -= path.length
        this.#sent.set(path, now)
      }
    }
    return { changes, nextMs }
  }

  /** Takes back a batch that did not reach the VM. */
  restore({ changes }: Batch): void {
    for (const [path, bits] of changes) {
      this.#sent.delete(path)
      this.note(path, bits)
    }
  }
}

/** The folder of a path below `.`; `.` itself is its own. */
export const parentOf = (path: string): string => (path === '.' ? path : path.slice(0, path.lastIndexOf('/')))
