/** Type of engine.config: the keys of daemon.json. */
import type { DesktopFile } from '../generated/types.ts'

export type DaemonConfig = NonNullable<NonNullable<DesktopFile['engine']>['config']>
