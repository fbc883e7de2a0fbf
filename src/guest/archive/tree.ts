/**
 * Entries as they would be after unpacking: each path once, parents first. Needed for mksquashfs and cpio, which do not
 * unpack over an existing tree.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Directory, Entry, File, HardLink } from './entry.ts'
import { parentsOf, treePath } from './path.ts'

const maxSymlinks = 40

/**
 * A repeated directory keeps its position and takes the later attributes; any other repeated entry replaces the earlier
 * one. Paths are resolved through symlinks. Missing parents are added. Throws `oci/bad-tree` if a path cannot be
 * resolved.
 */
export function mergeTree(entries: Iterable<Entry>): Entry[] {
  const tree = new Map<string, Entry>()
  const linked = new Map<HardLink, File>()
  for (const entry of entries) {
    const path = place(tree, entry)
    const before = tree.get(path)
    if (entry.type === 'directory') {
      if (before?.type === 'symlink' && tree.get(follow(tree, path))?.type === 'directory') continue
      if (before !== undefined && before.type !== 'directory') tree.delete(path)
      tree.set(path, at(entry, path))
      continue
    }
    if (before?.type === 'directory' && [...tree.keys()].some((other) => other.startsWith(`${path}/`))) {
      throw clash(entry, 'is a directory that is not empty, and later something else')
    }
    const placed = entry.type === 'hardlink' ? link(tree, linked, at(entry, path)) : at(entry, path)
    tree.delete(path)
    tree.set(path, placed)
  }
  // A file that was replaced after being linked still exists under the link's name.
  return [...tree.values()].map((entry) => {
    if (entry.type !== 'hardlink') return entry
    const file = linked.get(entry)
    return file === undefined || tree.get(entry.target) === file ? entry : { ...file, path: entry.path }
  })
}

const at = <T extends Entry>(entry: T, path: string): T => (entry.path === path ? entry : { ...entry, path })

const clash = (entry: Entry, why: string): DesktopError =>
  new DesktopError('oci/bad-tree', `"${entry.path}" ${why}`)

function link(tree: Map<string, Entry>, linked: Map<HardLink, File>, entry: HardLink): HardLink | File {
  const found = tree.get(resolve(tree, entry.target, maxSymlinks))
  const file = found?.type === 'hardlink' ? linked.get(found) : found
  if (file?.type !== 'file') throw clash(entry, `is a hard link to "${entry.target}", which is not a file`)
  const placed = { ...entry, target: file.path }
  linked.set(placed, file)
  return placed
}

/** Returns the resolved path of the entry, and creates its parents. */
function place(tree: Map<string, Entry>, entry: Entry): string {
  const path = resolve(tree, treePath(entry.path) ?? '.', maxSymlinks)
  for (const parent of parentsOf(path)) {
    const found = tree.get(parent)
    if (found === undefined) tree.set(parent, parentDirectory(parent, entry.mtime))
    else if (found.type !== 'directory') throw clash(entry, `is below "${parent}", which is not a directory`)
  }
  return path
}

const parentDirectory = (path: string, mtime: number): Directory => ({
  type: 'directory',
  path,
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime,
})

/** Resolves symlinks in the parents of a path, but not at its end. */
function resolve(tree: Map<string, Entry>, path: string, left: number): string {
  for (const parent of parentsOf(path)) {
    const found = tree.get(parent)
    if (found?.type !== 'symlink') continue
    if (left === 0) throw clash(found, 'leads round in a circle')
    const led = treePath(`${target(found.path, found.target)}${path.slice(parent.length)}`)
    return resolve(tree, led ?? '.', left - 1)
  }
  return path
}

function target(path: string, link: string): string {
  const base = link.startsWith('/') ? '' : path.slice(0, path.lastIndexOf('/') + 1)
  // `..` above the root stays at the root, as in the kernel.
  return treePath(`/${base}${link}`) ?? '.'
}

/** Like `resolve`, but also follows a final symlink. */
function follow(tree: Map<string, Entry>, path: string): string {
  let current = resolve(tree, path, maxSymlinks)
  for (let left = maxSymlinks; left > 0; left--) {
    const found = tree.get(current)
    if (found?.type !== 'symlink') break
    current = resolve(tree, target(found.path, found.target), maxSymlinks)
  }
  return current
}
