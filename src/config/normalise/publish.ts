/** publish.*: host addresses of published container ports. */
import { canonicalIP } from '../addresses.ts'
import type { Desired } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Report } from './report.ts'

export function publishSettings(
  raw: NonNullable<DesktopFile['publish']>,
  report: Report,
): Desired['publish'] {
  const text = raw.bind ?? '127.0.0.1'
  const bind = canonicalIP(text)
  if (bind === undefined)
    report(['publish', 'bind'], `"${text}" is not an IP address`, 'e.g. 127.0.0.1 or 0.0.0.0')
  return { containers: raw.containers ?? true, bind: bind ?? text }
}
