/** What the checks of meaning read besides the file, and how they say what is wrong. */
import type { Path } from '../read/source.ts'

/** Each call is one mistake; none stops the others. */
export type Report = (path: Path, message: string, hint?: string, at?: 'key' | 'value') => void

export interface Context {
  env: Readonly<Record<string, string | undefined>>
  /** Name of the folder that desktop.yaml is in. */
  folder: string
  /** Folder of the file that the value at `path` was written in: relative paths start there. */
  directoryOf: (path: Path) => string
  /** Text of a file, or undefined when it cannot be read. */
  readFile: (path: string) => string | undefined
  /** What is at a path of the host; undefined for nothing. */
  kindOf: (path: string) => 'file' | 'directory' | undefined
  report: Report
}
