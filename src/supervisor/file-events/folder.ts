/** The watched folders of one share, as a tree: a renamed folder takes its subfolders with it. */

export interface Folder {
  /** latin1, one character per byte; empty for the share itself. */
  name: string
  parent: Folder | undefined
  children: Map<string, Folder>
  watch: number | undefined
}

export const newFolder = (name: string, parent: Folder | undefined): Folder => ({
  name,
  parent,
  children: new Map(),
  watch: undefined,
})

/** Names from the share down to this folder. */
export function namesOf(folder: Folder): string[] {
  const names: string[] = []
  for (let at = folder; at.parent !== undefined; at = at.parent) names.push(at.name)
  return names.reverse()
}

/** PATH_MAX without the zero byte. A program in a deeper folder can create longer paths, which no system call takes. */
export const maxPathBytes = 4_095

/** Path of an entry, or of the folder itself, relative to the share: `.`, `./src/main.ts`. */
export const pathIn = (folder: Folder, name = ''): string =>
  ['.', ...namesOf(folder), ...(name === '' ? [] : [name])].join('/')

/** The folder and all below it. Not recursive: the VM decides how deep they are. */
export function* subtree(folder: Folder): Generator<Folder> {
  const rest = [folder]
  for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
    for (const child of at.children.values()) rest.push(child)
    yield at
  }
}
