/**
 * Watches a share's folders on the host: one inotify watch per folder, breadth first. New folders are watched as they
 * appear. If the kernel's queue overflows, files are found by their time of change (ctime).
 */
import { type FileHandle, lstat, opendir } from 'node:fs/promises'
import { Inotify, type InotifyEvent, inotifyMask as mask } from '../../host/inotify.ts'
import { type Folder, maxPathBytes, namesOf, pathIn } from './folder.ts'
import { MovedIn } from './moved-in.ts'
import { openFolder, pathOf } from './open-folder.ts'
import { change } from './pending-changes.ts'
import { type Reading, Readings, type Since } from './readings.ts'
import { WatchedFolders } from './watched-folders.ts'

interface TreeOptions {
  /** The share's folder, open. */
  root: FileHandle
  /** Maximum number of folders. */
  most: number
  /** @param bits of `change` */
  onChange: (path: string, bits: number) => void
}

const everything = -Infinity
const clocks = () => ({ wallMs: Date.now(), monotonicMs: performance.now() })
/** File times are taken from a coarse clock. */
const slackMs = 1_000
/** Entries of a folder that are read at once. */
const bufferSize = 1_024

export class FolderTree implements Disposable {
  readonly #options: TreeOptions
  readonly #inotify: Inotify | undefined
  readonly #folders: WatchedFolders
  #queue: { folder: Folder; since: Since }[] = []
  #working: Promise<void> | undefined
  #isOver = false
  /** Some folders are not watched. */
  #isLimited = false
  /** The same, as far as the tree has been read again. */
  #isShort = false
  /** The kernel had no watch left. */
  #isExhausted = false
  /** When no event was left in the kernel's queue. */
  #drained = clocks()
  readonly #movedIn: MovedIn
  readonly #readings = new Readings((reading) => this.#readAll(reading))

  constructor(options: TreeOptions) {
    this.#options = options
    this.#movedIn = new MovedIn(options.most)
    this.#inotify = Inotify.open((events, isDrained) => this.#take(events, isDrained))
    this.#folders = new WatchedFolders(this.#inotify, options.most)
    this.#queue.push({ folder: this.#folders.root, since: undefined })
    void this.#work()
  }

  get folders(): number {
    return this.#folders.watched
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
      if ((event.mask & mask.overflow) !== 0) this.#readings.request(this.#lost())
      else this.#note(event)
    }
    if (isDrained) this.#drained = clocks()
  }

  /** File times of all changes whose events may be lost. The host's clock may have been set back since. */
  #lost(): number {
    const now = clocks()
    const setBackMs = this.#drained.wallMs - now.wallMs + (now.monotonicMs - this.#drained.monotonicMs)
    return this.#drained.wallMs - Math.max(0, setBackMs) - slackMs
  }

  #note({ watch, mask: bits, name }: InotifyEvent): void {
    const folder = this.#folders.of(watch)
    if (folder === undefined) return
    if ((bits & mask.ignored) !== 0) {
      this.#folders.ended(watch)
      return
    }
    const path = pathIn(folder, name)
    if (path.length > maxPathBytes) return
    const isNew = (bits & (mask.create | mask.movedTo)) !== 0
    const isGone = (bits & (mask.delete | mask.movedFrom)) !== 0
    if ((bits & mask.isFolder) !== 0 && name !== '') {
      const known = folder.children.get(name)
      if (isGone && known !== undefined) this.#folders.forget(known)
      if (isGone) this.#movedIn.delete(folder, name)
      if (isGone && this.#isLimited) this.#readings.request(undefined)
      if ((bits & mask.movedTo) !== 0) this.#addMovedIn(folder, name)
      else if (isNew) this.#addNew(folder, name)
    }
    const content = (bits & mask.modify) !== 0 || isNew ? change.content : 0
    const attributes = (bits & mask.attributes) !== 0 ? change.attributes : 0
    this.#options.onChange(path, content | attributes | (isNew || isGone ? change.name : 0))
  }

  /** The VM may create and remove folders faster than they are read. */
  #addNew(folder: Folder, name: string): void {
    if (this.#queue.length >= this.#options.most) this.#readings.request(this.#lost())
    else this.#add(folder, name, everything)
    void this.#work()
  }

  /** One call may move a large tree, so that it is read with rests. */
  #addMovedIn(folder: Folder, name: string): void {
    if (this.#movedIn.add(folder, name)) this.#readings.requestMovedIn()
    else this.#readings.request(this.#lost())
  }

  #add(folder: Folder, name: string, since: Since): void {
    const child = this.#folders.child(folder, name)
    if (child === undefined) this.#limit()
    else this.#queue.push({ folder: child, since })
  }

  #limit(): void {
    this.#isLimited = true
    this.#isShort = true
  }

  /** Reports changes since then, and watches folders for which there is room now. */
  async #readAll({ isWhole, since }: Reading): Promise<void> {
    if (this.#isOver) return
    if (isWhole) {
      this.#isShort = false
      this.#queue.push({ folder: this.#folders.root, since })
    }
    for (const [folder, name] of this.#movedIn.take())
      if (this.#folders.contains(folder)) this.#add(folder, name, everything)
    await this.#work()
    if (isWhole) this.#isLimited = this.#isShort
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
    const isInTree = (): boolean => !this.#isOver && this.#folders.contains(folder)
    if (!isInTree()) return
    await using handle = await openFolder(this.#options.root, namesOf(folder))
    if (!isInTree() || !this.#watch(folder, pathOf(handle).toString())) return
    const path = pathIn(folder)
    const changedSince = async (name: string): Promise<boolean> =>
      since === everything || (await lstat(pathOf(handle, name))).ctimeMs >= (since ?? Infinity)
    if (since !== undefined && since !== everything && (await handle.stat()).ctimeMs >= since)
      this.#options.onChange(path, change.attributes)
    const unseen = new Map(since === undefined ? [] : folder.children)
    for await (const entry of await opendir(pathOf(handle).toString(), { encoding: 'latin1', bufferSize })) {
      const { name } = entry
      unseen.delete(name)
      if (path.length + 1 + name.length > maxPathBytes) continue
      if (since !== undefined && (await changedSince(name).catch(() => false)))
        this.#options.onChange(pathIn(folder, name), change.content | change.name)
      if (!isInTree()) return
      if (entry.isDirectory())
        this.#add(folder, name, since === undefined || folder.children.has(name) ? since : everything)
    }
    for (const [name, child] of unseen) {
      const isGone = await lstat(pathOf(handle, name)).then(
        () => false,
        () => true,
      )
      if (isGone && folder.children.get(name) === child) this.#folders.forget(child)
    }
  }

  /** Returns false if the folder cannot be watched. */
  #watch(folder: Folder, path: string): boolean {
    const result = this.#folders.watch(folder, path)
    if (result === 'limit') {
      this.#isExhausted = true
      this.#limit()
    } else if (result === 'added' && this.#isExhausted) {
      this.#isExhausted = false
      this.#readings.request(undefined)
    }
    return result === 'added' || result === 'known'
  }
}
