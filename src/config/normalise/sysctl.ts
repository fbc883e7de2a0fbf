/** guest.sysctl: kernel parameters. Only the guest can check whether they exist. */
import type { Report } from './report.ts'

export function sysctls(
  raw: Readonly<Record<string, string | number>>,
  report: Report,
): Record<string, string> {
  for (const [key, value] of Object.entries(raw)) {
    const path = ['guest', 'sysctl', key]
    if (!/^[a-z0-9_]+([./][A-Za-z0-9_-]+)+$/.test(key)) {
      report(path, `"${key}" is not a kernel parameter`, 'e.g. vm.max_map_count', 'key')
    }
    if (/[\r\n\0]/.test(String(value)))
      report(path, 'a kernel parameter must be one line', 'write one value, e.g. 262144')
  }
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, String(value)]))
}
