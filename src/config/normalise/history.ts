/** history: retention of generations. */
import type { HistorySettings } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { parseDuration } from '../units.ts'
import type { Report } from './report.ts'

/** More generations than most users look back through. */
const usualKeep = 50

export function historySettings(
  { keep, maxAge }: NonNullable<DesktopFile['history']>,
  report: Report,
): HistorySettings {
  const seconds = maxAge === undefined ? undefined : parseDuration(maxAge)
  if (maxAge !== undefined && seconds === undefined)
    report(['history', 'maxAge'], `"${maxAge}" is not a duration`, 'write 90d, 12h or 30m')
  else if (seconds !== undefined && seconds <= 0)
    report(['history', 'maxAge'], 'must be longer than zero', 'write 90d, or leave it out')
  return { keep: keep ?? usualKeep, maxAgeSeconds: seconds }
}
