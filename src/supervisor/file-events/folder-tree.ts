/**
 * Watches a share's folders on the host: one inotify watch per folder, breadth first. New folders are watched as they
 * appear. If the kernel's queue overflows, files are found by their time of change (ctime).
 */
import { type FileHandle, lstat, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Inotify, type InotifyEvent, inotifyMask as mask } from '../../host/inotify.ts'
import { type Folder, namesOf, newFolder, pathIn, subtree } from './folder.ts'
import { openFolder, pathOf } from './open-folder.ts'
import { change } from './pending-changes.ts'

interface TreeOptions {
  /** The share's folder, open. */
  root: FileHandle
  /** Maximum number of watched folders. */
  most: number
  /** @param bits of `change` */
  onChange: (path: string, bits: number) => void
}

/** What is reported of a folder's entries when it is read: those changed since then (ms); undefined: none. */
type Since = number | undefined
const everything = -Infinity
/** File times are taken from a coarse clock. */
const slackMs = 1_000
/** A tree is compared again after this multiple of the time that the last comparison took. */
const restFactor = 4

export class FolderTree implements Disposable {
  readonly #options: TreeOptions
  readonly #inotify: Inotify | undefined
  readonly #root = newFolder('', undefined)
  readonly #watched = new Map<number, Folder>()
  #queue: { folder: Folder; since: Since }[] = []
  #working: Promise<void> | undefined
  #isOver = false
  #isLimited = false
  /** When no event was left in the kernel's queue. */
  #drainedAt = Date.now()
  /** Events after this time may be lost. */
  #lostSince: number | undefined

  constructor(options: TreeOptions) {
    this.#options = options
    this.#inotify = Inotify.open((events, isDrained) => this.#take(events, isDrained))
    this.#read(this.#root, undefined)
  }

  get folders(): number {
    return this.#watched.size
  }

  /** Why changes are lost; undefined if none are. */
  get problem(): string | undefined {
    if (this.#inotify === undefined)
      return 'this user has no inotify instance left; raise fs.inotify.max_user_instances'
    return this.#isLimited
      ? `only ${this.folders} folders are watched; raise fs.inotify.max_user_watches, share a smaller folder, or set \`events: false\``
      : undefined
  }

  /** Resolves when no folder is being read. */
  get idle(): Promise<void> {
    return this.#working ?? Promise.resolve()
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#queue = []
    this.#inotify?.[Symbol.dispose]()
  }

  #take(events: readonly InotifyEvent[], isDrained: boolean): void {
    for (const event of events) {
      if ((event.mask & mask.overflow) !== 0) this.#compare(this.#drainedAt - slackMs)
      else this.#note(event)
    }
    if (isDrained) this.#drainedAt = Date.now()
  }

  #note({ watch, mask: bits, name }: InotifyEvent): void {
    const folder = this.#watched.get(watch)
    if (folder === undefined) return
    if ((bits & mask.ignored) !== 0) {
      this.#watched.delete(watch)
      folder.watch = undefined
      return
    }
    const isNew = (bits & (mask.create | mask.movedTo)) !== 0
    const isGone = (bits & (mask.delete | mask.movedFrom)) !== 0
    if ((bits & mask.isFolder) !== 0 && name !== '') {
      if (isGone) this.#forget(folder.children.get(name))
      if (isNew) this.#read(this.#child(folder, name), everything)
    }
    const content = (bits & mask.modify) !== 0 || isNew ? change.content : 0
    const attributes = (bits & mask.attributes) !== 0 ? change.attributes : 0
    this.#options.onChange(pathIn(folder, name), content | attributes | (isNew || isGone ? change.name : 0))
  }

  #child(folder: Folder, name: string): Folder {
    const child = folder.children.get(name) ?? newFolder(name, folder)
    folder.children.set(name, child)
    return child
  }

  #forget(folder: Folder | undefined): void {
    if (folder === undefined) return
    folder.parent?.children.delete(folder.name)
    for (const { watch } of subtree(folder)) {
      if (watch === undefined) continue
      this.#watched.delete(watch)
      this.#inotify?.unwatch(watch)
    }
    folder.parent = undefined
  }

  #compare(since: number): void {
    const isWaiting = this.#lostSince !== undefined
    this.#lostSince = Math.min(since, this.#lostSince ?? since)
    if (!isWaiting) void this.#compareInTurn()
  }

  /** The next overflow may come while the tree is still being compared. */
  async #compareInTurn(): Promise<void> {
    let restMs = 0
    while (this.#lostSince !== undefined && !this.#isOver) {
      await sleep(restMs, undefined, { ref: false })
      const began = performance.now()
      const since = this.#lostSince
      this.#lostSince = undefined
      this.#queue.push({ folder: this.#root, since })
      await this.#work()
      restMs = restFactor * (performance.now() - began)
    }
  }

  #read(folder: Folder, since: Since): void {
    this.#queue.push({ folder, since })
    void this.#work()
  }

  #work(): Promise<void> {
    this.#working ??= this.#visitAll().finally(() => {
      this.#working = undefined
    })
    return this.#working
  }

  async #visitAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const level = this.#queue
      this.#queue = []
      for (const { folder, since } of level) {
        await this.#visit(folder, since).catch(() => {
          // Gone, replaced by a link, or unreadable: its parent's watch reports what follows.
        })
      }
    }
  }

  async #visit(folder: Folder, since: Since): Promise<void> {
    const isInTree = (): boolean => !this.#isOver && (folder === this.#root || folder.parent !== undefined)
    if (!isInTree()) return
    await using handle = await openFolder(this.#options.root, namesOf(folder))
    if (!isInTree() || !this.#watch(folder, pathOf(handle).toString())) return
    const changedSince = async (name: string): Promise<boolean> =>
      since === everything || (await lstat(pathOf(handle, name))).ctimeMs >= (since ?? Infinity)
    const entries = await readdir(pathOf(handle), { withFileTypes: true, encoding: 'latin1' })
    if (since !== undefined) {
      if (since !== everything && (await handle.stat()).ctimeMs >= since)
        this.#options.onChange(pathIn(folder), change.attributes)
      const names = new Set(entries.map(({ name }) => name))
      for (const child of folder.children.values()) if (!names.has(child.name)) this.#forget(child)
    }
    for (const entry of entries) {
      const { name } = entry
      if (since !== undefined && (await changedSince(name).catch(() => false)))
        this.#options.onChange(pathIn(folder, name), change.content | change.name)
      if (entry.isDirectory()) {
        const isKnown = folder.children.has(name)
        const its = since === undefined || isKnown ? since : everything
        this.#queue.push({ folder: this.#child(folder, name), since: its })
      }
    }
  }

  /** Returns false if the folder cannot be watched. */
  #watch(folder: Folder, path: string): boolean {
    if (folder.watch === undefined && this.#watched.size >= this.#options.most) this.#isLimited = true
    if (this.#inotify === undefined || (folder.watch === undefined && this.#isLimited)) return false
    const watch = this.#inotify.watch(path)
    if (watch === 'limit') this.#isLimited = true
    if (typeof watch === 'string') return false
    const before = this.#watched.get(watch)
    if (before !== undefined && before !== folder) before.watch = undefined
    if (folder.watch !== undefined && folder.watch !== watch) this.#watched.delete(folder.watch)
    folder.watch = watch
    this.#watched.set(watch, folder)
    return true
  }
}
