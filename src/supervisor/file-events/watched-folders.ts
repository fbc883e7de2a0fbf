/** The known folders of one share, limited in number, with one inotify watch each. */
import type { Inotify } from '../../host/inotify.ts'
import { type Folder, newFolder, subtree } from './folder.ts'

export class WatchedFolders {
  readonly root: Folder = newFolder('', undefined)
  readonly #inotify: Inotify | undefined
  readonly #most: number
  readonly #watched = new Map<number, Folder>()
  #known = 1

  /** @param most maximum number of folders, watched or not. */
  constructor(inotify: Inotify | undefined, most: number) {
    this.#inotify = inotify
    this.#most = most
  }

  /** Number of watched folders. */
  get watched(): number {
    return this.#watched.size
  }

  of(watch: number): Folder | undefined {
    return this.#watched.get(watch)
  }

  contains(folder: Folder): boolean {
    return folder === this.root || folder.parent !== undefined
  }

  /** The folder with this name, which is added if it is not known. Undefined if there is no room for it. */
  child(folder: Folder, name: string): Folder | undefined {
    const known = folder.children.get(name)
    if (known !== undefined || this.#known >= this.#most) return known
    const child = newFolder(name, folder)
    folder.children.set(name, child)
    this.#known += 1
    return child
  }

  forget(folder: Folder): void {
    folder.parent?.children.delete(folder.name)
    for (const gone of [...subtree(folder)]) {
      this.#known -= 1
      gone.parent = undefined
      gone.children.clear()
      if (gone.watch === undefined) continue
      this.#watched.delete(gone.watch)
      this.#inotify?.unwatch(gone.watch)
      gone.watch = undefined
    }
  }

  /** The kernel has removed the watch. */
  ended(watch: number): void {
    const folder = this.#watched.get(watch)
    if (folder !== undefined) folder.watch = undefined
    this.#watched.delete(watch)
  }

  /** @param path of this folder on the host. */
  watch(folder: Folder, path: string): 'added' | 'known' | 'limit' | 'refused' {
    const watch = this.#inotify?.watch(path) ?? 'refused'
    if (typeof watch === 'string') return watch
    if (folder.watch === watch) return 'known'
    const before = this.#watched.get(watch)
    if (before !== undefined) before.watch = undefined
    if (folder.watch !== undefined) this.#watched.delete(folder.watch)
    folder.watch = watch
    this.#watched.set(watch, folder)
    return 'added'
  }
}
