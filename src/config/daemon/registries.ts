/** Registries in daemon.json: names that dockerd 26.1 does not start with. */
import { isIPv4, isIPv6 } from 'node:net'
import type { Report } from '../normalise/report.ts'
import { ipv6Network } from './bridge.ts'
import type { DaemonConfig } from './config.ts'

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const hostAndPort = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::(\\d+))?$`)

/** HOST, HOST:PORT or a network. */
function isRegistry(text: string): boolean {
  if (text.includes('/')) return isIPv4Network(text) || ipv6Network(text) !== undefined
  const [matched, port = '0'] = hostAndPort.exec(text) ?? []
  return isIPv6(text) || (matched !== undefined && Number(port) <= 65_535)
}

function isIPv4Network(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)\/(\d{1,2})$/.exec(text) ?? []
  return isIPv4(address) && Number(prefix) <= 32
}

export function checkRegistries(config: DaemonConfig, report: Report): void {
  for (const key of ['insecure-registries', 'allow-nondistributable-artifacts'] as const) {
    config[key]?.forEach((text, i) => {
      const path = ['engine', 'config', key, i]
      if (text.includes('://')) report(path, `"${text}" is a URL`, 'write the registry as HOST or HOST:PORT')
      else if (!isRegistry(text))
        report(
          path,
          `"${text}" is not HOST, HOST:PORT or a network`,
          'e.g. registry.local:5000 or 10.0.0.0/8',
        )
    })
  }
  config['registry-mirrors']?.forEach((text, i) => {
    if (Number(/^https?:\/\/[^/]*?:(\d+)(?:\/|$)/.exec(text)?.[1] ?? 0) > 65_535)
      report(
        ['engine', 'config', 'registry-mirrors', i],
        `"${text}" has no valid port`,
        'use a port from 1 to 65535',
      )
  })
}
