/** Properties of a daemon.json key; the table is generated from schemas/daemon.schema.json. */
import type { JsonValue } from '../desired.ts'

export interface DaemonKey {
  description: string
  /** Human-readable, e.g. `list of strings`. */
  type: string
  effect: 'reload' | 'restart-engine'
  /** Rendered for a key that was removed from the file, because dockerd applies it on reload only if it is present. */
  neutral?: JsonValue
  /** A reload without the key resets it to its default, so nothing is rendered. */
  resets?: true
}
