/** Folders that were renamed within a share or moved into it, and are not read yet. Limited in number. */
import type { Folder } from './folder.ts'

export class MovedIn {
  readonly #most: number
  readonly #names = new Map<Folder, Set<string>>()
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Returns false if there is no room. */
  add(parent: Folder, name: string): boolean {
    const names = this.#names.get(parent) ?? new Set()
    if (names.has(name)) return true
    if (this.#count >= this.#most) return false
    this.#names.set(parent, names.add(name))
    this.#count += 1
    return true
  }

  /** The folder is gone again. */
  delete(parent: Folder, name: string): void {
    if (this.#names.get(parent)?.delete(name) === true) this.#count -= 1
  }

  /** All of them, which are then forgotten. */
  take(): readonly (readonly [parent: Folder, name: string])[] {
    const all = [...this.#names].flatMap(([parent, names]) =>
      [...names].map((name) => [parent, name] as const),
    )
    this.#names.clear()
    this.#count = 0
    return all
  }
}
