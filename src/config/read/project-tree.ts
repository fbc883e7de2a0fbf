/**
 * The folder tree that a configuration may reference. Files of a branch are untrusted: their paths are opened only
 * inside their own checkout, unless the user explicitly allows a path.
 */
import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'

export interface FileName {
  /** As the user wrote it, for messages. */
  shown: string
  /** Absolute. */
  path: string
}

export interface ProjectTree {
  /** Absolute. */
  root: string
  /** Whether a file may be opened; symlinks are resolved first. */
  allows: (path: string) => boolean
}

/**
 * @param file absolute, as named by the user
 * @param allowed further files or folders that the user allows
 */
export function projectTree(file: string, allowed: readonly string[]): ProjectTree {
  const root = rootOf(dirname(file))
  const places = [root, ...allowed.map((path) => resolve(path))].map(realPath)
  return {
    root,
    allows: (path) => {
      const real = realPath(path)
      return places.some((place) => isWithin(real, place))
    },
  }
}

export function outsideTree({ shown, path }: FileName, { root }: ProjectTree): DesktopError {
  return new DesktopError('config/outside-tree', `${shown} is outside the project ${root}`, {
    hint: `to allow it, add --allow-path ${path}`,
  })
}

/** The checkout that contains the folder; else the working directory, or the folder itself. */
function rootOf(folder: string): string {
  const cwd = process.cwd()
  for (let dir = folder; !isEverybodys(dir); dir = dirname(dir)) {
    // A symlinked folder may belong to another checkout.
    if (existsSync(join(dir, '.git')) && (isWithin(cwd, dir) || !isLink(dir))) return dir
  }
  return isWithin(folder, cwd) && !isEverybodys(cwd) ? cwd : folder
}

/** Folders that hold several projects, even with a `.git`. */
const isEverybodys = (dir: string): boolean =>
  dir === dirname(dir) || dir === realPath(homedir()) || dir === homedir()

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`))
}

/** For a missing file, the path that it would have. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), path.slice(parent === sep ? 1 : parent.length + 1))
  }
}
