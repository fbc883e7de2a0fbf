/** Changes on the host → system calls in the VM that cause the events (templates/guest/init/usr/sbin/file-events). */
import type { Stats } from 'node:fs'
import { type FileHandle, lstat } from 'node:fs/promises'
import { openFolder, pathOf } from './open-folder.ts'
import { change, parentOf } from './pending-changes.ts'

/** Paths in the VM, relative to the share, latin1. */
export interface Triggers {
  /** To be looked up again: the name belongs to another file, or to none. */
  lookUp: readonly string[]
  /** IN_MODIFY. */
  content: readonly string[]
  /** IN_ATTRIB. */
  attributes: readonly string[]
}

type FileType = Pick<Stats, 'isFile' | 'isDirectory' | 'mode'>

const executable = 0o111

/**
 * A deleted file and a link are reported as a change of their folder. IN_MODIFY needs a file that is opened for
 * writing: not an executable, which the host could not start meanwhile (ETXTBSY), nor in a read-only share.
 * @param found type of each changed path; undefined if it does not exist. The triggers are in this order.
 */
export function triggersOf(
  changes: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, FileType | undefined>,
  writable: boolean,
): Triggers {
  const [lookUp, content, attributes] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const [path, file] of found) {
    const bits = changes.get(path) ?? 0
    const isKnown = file?.isFile() === true || file?.isDirectory() === true
    if ((bits & change.name) !== 0 && (isKnown || file === undefined)) lookUp.add(path)
    if (!isKnown) attributes.add(parentOf(path))
    else if (writable && file.isFile() && (bits & change.content) !== 0 && (file.mode & executable) === 0)
      content.add(path)
    else attributes.add(path)
  }
  return { lookUp: [...lookUp], content: [...content], attributes: [...attributes] }
}

/** Types of these paths below the share, grouped by folder. A folder that is gone has no files. */
export async function fileTypes(
  root: FileHandle,
  paths: Iterable<string>,
): Promise<Map<string, FileType | undefined>> {
  const byFolder = Map.groupBy(paths, parentOf)
  const found = new Map<string, FileType | undefined>()
  for (const [parent, entries] of byFolder) {
    const names = parent.split('/').slice(1)
    await using folder = await openFolder(root, names).catch(() => undefined)
    const typeOf = (path: string): Promise<FileType> | undefined =>
      path === '.' ? folder?.stat() : folder && lstat(pathOf(folder, path.slice(parent.length + 1)))
    const types = await Promise.all(entries.map((path) => typeOf(path)?.catch(() => undefined)))
    for (const [i, path] of entries.entries()) found.set(path, types[i])
  }
  return found
}

/** One request to the guest: the lengths of three lists of paths, each path ended by a zero byte. */
export function encodeTriggers({ lookUp, content, attributes }: Triggers): Buffer {
  const lists = [lookUp, content, attributes].map((paths) => paths.map((path) => `${path}\0`).join(''))
  return Buffer.from(`${lists.map(({ length }) => length).join(' ')}\n${lists.join('')}`, 'latin1')
}
