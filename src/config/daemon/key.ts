/** Properties of a daemon.json key; the table is generated from schemas/daemon.schema.json. */
import type { JsonValue } from '../desired.ts'

export interface DaemonKey {
  description: string
  /** Human-readable, e.g. `list of strings`. */
  type: string
  effect: 'reload' | 'restart-engine'
  /**
   * dockerd takes some keys on reload only when they are present, so one that is taken out of the file is
   * rendered as this.
   */
  neutral?: JsonValue
  /** A reload without the key gives it its default, so that nothing needs to be rendered. */
  resets?: true
}
