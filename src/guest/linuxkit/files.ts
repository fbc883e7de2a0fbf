/** Converts `files` of the YAML to entries, with their parent directories. */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, posix, resolve } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { Entry } from '../archive/entry.ts'
import { buildTime, inTree } from './fixed.ts'
import { type Ids, numericId } from './ids.ts'
import type { FileItem } from './types.ts'

interface FileInputs {
  ids: Ids
  /** Base of relative source paths. */
  sourceDir: string
  /** Returns the LinuxKit file itself as `yaml` or `json`; throws for any other kind. */
  metadata: (kind: string) => string
}

const bad = (message: string): DesktopError => new DesktopError('linuxkit/bad-value', message)

export async function fileEntries(items: readonly FileItem[], inputs: FileInputs): Promise<Entry[]> {
  const entries: Entry[] = []
  const made = new Set<string>()
  for (const item of items) {
    const name = (item.path ?? '').replace(/^\//, '')
    if ((item.path ?? '') === '') throw bad('an item of files has no path')
    const mode = modeOf(item)
    const owner = {
      uid: numericId(item.uid, inputs.ids),
      gid: numericId(item.gid, inputs.ids),
      mtime: buildTime,
    }
    const content = await contentOf(item, inputs)
    if (content === undefined) continue
    if (content.length > 0 && name.endsWith('/'))
      throw bad(`${name} has contents and the name of a directory`)
    for (const path of parents(name)) {
      if (made.has(path)) continue
      made.add(path)
      entries.push({ type: 'directory', path: inTree(path), mode: searchable(mode), ...owner })
    }
    made.add(name)
    const common = { path: inTree(name), mode, ...owner }
    if (item.directory === true) entries.push({ type: 'directory', ...common })
    else if (item.symlink) entries.push({ type: 'symlink', target: item.symlink, ...common })
    else entries.push({ type: 'file', content, ...common })
  }
  return entries
}

function parents(name: string): string[] {
  const parts = posix
    .dirname(posix.normalize(name))
    .split('/')
    .filter((part) => part !== '' && part !== '.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function modeOf({ path, mode = '', directory = false }: FileItem): number {
  if (mode === '') return directory ? 0o700 : 0o600
  if (!/^\+?[0-7]{1,11}$/.test(mode)) throw bad(`${path} has the mode "${mode}", which is not octal`)
  return Number.parseInt(mode, 8) & 0o7777
}

/** A permission on the file implies search permission on its directories. */
function searchable(mode: number): number {
  const passes = [0o700, 0o070, 0o007].filter((who) => (mode & who) !== 0)
  return passes.reduce((sum, who) => sum | (who & 0o111), mode)
}

/** Undefined if the item is omitted. */
async function contentOf(item: FileItem, inputs: FileInputs): Promise<Uint8Array | undefined> {
  const { path, contents, source = '', metadata = '' } = item
  if (item.directory === true || item.symlink || contents !== undefined) {
    if (metadata !== '') throw bad(`${path} has both contents and metadata`)
    if (source !== '') throw bad(`${path} has both contents and source`)
    if (item.directory === true && contents !== undefined)
      throw bad(`${path} is a directory and has contents`)
    return Buffer.from(contents ?? '')
  }
  if (source === '' && metadata === '') throw bad(`${path} has no contents`)
  if (source !== '' && metadata !== '') throw bad(`${path} has both source and metadata`)
  if (source === '') return Buffer.from(inputs.metadata(metadata))
  const from = source.startsWith('~/') ? join(homedir(), source.slice(1)) : resolve(inputs.sourceDir, source)
  try {
    if (item.optional === true && (await stat(from).catch(() => undefined)) === undefined) return undefined
    return await readFile(from)
  } catch (error) {
    throw new DesktopError('linuxkit/bad-value', `${path}: its source cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
