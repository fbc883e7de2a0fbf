/** names.*: the domain of the environment's containers, and the host ports that serve it. */
import type { NameSettings, PortMapping } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { Listeners } from '../listeners.ts'
import type { Report } from './report.ts'

const loopbacks = ['127.0.0.1', '::1']

export function nameSettings(
  { http, https }: NonNullable<DesktopFile['names']>,
  environment: string,
  ports: readonly PortMapping[],
  report: Report,
): NameSettings {
  if (http !== undefined && http === https)
    report(['names', 'https'], `${https} is already used by names.http`, 'use two different ports')
  const mapped = new Listeners<string>()
  for (const { id, protocol, listen } of ports)
    if (listen.kind === 'inet') mapped.add({ ...listen, protocol }, id)
  for (const [key, port] of Object.entries({ http, https })) {
    if (port === undefined) continue
    const holder = loopbacks
      .map((address) => mapped.overlapping({ protocol: 'tcp', address, port }))
      .find((found) => found !== undefined)
    if (holder !== undefined)
      report(
        ['names', key],
        `port ${port} is already mapped (ports.${holder})`,
        'use another port here or there',
      )
  }
  return {
    // Host names cannot contain underscores (RFC 1123).
    domain: `${environment.replaceAll('_', '-')}.localhost`,
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
  }
}
