/** daemon.json as desktop.yaml has it. */
import type { DesktopFile } from '../generated/types.ts'

export type DaemonConfig = NonNullable<NonNullable<DesktopFile['engine']>['config']>
