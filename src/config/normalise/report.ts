/** Further inputs of the semantic checks, and their error reporting. */
import type { Path } from '../read/source.ts'

/** Reports one mistake with an instruction that solves it; checking continues. */
export type Report = (path: Path, message: string, hint: string, at?: 'key' | 'value') => void

export interface Context {
  env: Readonly<Record<string, string | undefined>>
  /** Name of desktop.yaml's folder. */
  folder: string
  /** Base of relative paths: the folder of the file that contains the value at `path`. */
  directoryOf: (path: Path) => string
  /** Whether the file has a value at `path`, also one that the schema rejects. */
  has: (path: Path) => boolean
  /** Whether the file named by the value at `path` may be opened; reports it if not. */
  mayOpen: (file: string, path: Path) => boolean
  /** Text of a small regular file, or the reason why it cannot be read. */
  readFile: (path: string) => { text: string } | { reason: string }
  /** Type of the file at a host path; undefined if there is none. */
  kindOf: (path: string) => 'file' | 'directory' | 'special' | undefined
  report: Report
}
