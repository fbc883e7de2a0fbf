/** Renders the guest's daemon.json from engine.*. */
import type { JsonValue } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Context, Report } from '../normalise/report.ts'
import { ownKeys } from '../origins.ts'
import type { Path } from '../read/source.ts'
import { withNeutral } from './diff.ts'
import { checkEngineRefuses } from './engine-refuses.ts'
import { checkGuestLacks } from './guest-lacks.ts'
import { proxySettings, refusePassword } from './proxies.ts'

type RawEngine = NonNullable<DesktopFile['engine']>

/** VXLAN over IPv4: outer Ethernet, IP and UDP headers, plus the VXLAN header (RFC 7348 section 4). */
const vxlanBytes = 50
const mtuOption = 'com.docker.network.driver.mtu'

/** @param mtu of the link; container networks use the same, so that bridges do not fragment packets */
export function renderDaemon(raw: RawEngine, mtu: number, context: Context): Record<string, JsonValue> {
  const given = (raw.config ?? {}) as Readonly<Record<string, JsonValue>>
  checkConfig(raw, context.report)
  const daemon = new Map(Object.entries(given))
  if (given.mtu === undefined) daemon.set('mtu', mtu)
  if (given['default-network-opts'] === undefined) {
    daemon.set('default-network-opts', {
      bridge: { [mtuOption]: `${mtu}` },
      overlay: { [mtuOption]: `${mtu - vxlanBytes}` },
    })
  }
  if (raw.registryMirrors !== undefined) daemon.set('registry-mirrors', raw.registryMirrors)
  if (raw.insecureRegistries !== undefined) daemon.set('insecure-registries', raw.insecureRegistries)
  if (raw.addressPools !== undefined) {
    daemon.set(
      'default-address-pools',
      raw.addressPools.map(({ base, size }) => ({ base, size })),
    )
  }
  const proxies = proxySettings(raw.proxies ?? {}, context)
  if (Object.keys(proxies).length > 0) daemon.set('proxies', proxies)
  // The default; if written without a path, dockerd 26.1 rejects every reload.
  if (given['userland-proxy'] === true && given['userland-proxy-path'] === undefined)
    daemon.delete('userland-proxy')
  return withNeutral(Object.fromEntries(daemon))
}

function checkConfig({ config, ...raw }: RawEngine, report: Report): void {
  for (const key of Object.keys(config ?? {})) {
    const own = ownKeys[key]
    if (own === undefined || raw[own as keyof typeof raw] === undefined) continue
    report(['engine', 'config', key], `${key} is also set by engine.${own}`, 'keep one of the two', 'key')
  }
  checkLabels(config?.labels ?? [], report)
  for (const [key, url] of Object.entries(config?.proxies ?? {})) {
    refusePassword(url, ['engine', 'config', 'proxies', key], report)
  }
  checkGuestLacks(config ?? {}, report)
  checkEngineRefuses(config ?? {}, report)
  const { 'default-runtime': runtime, runtimes } = config ?? {}
  if (
    runtime !== undefined &&
    runtime !== 'runc' &&
    !runtime.includes('.') &&
    runtimes?.[runtime] === undefined
  ) {
    report(
      ['engine', 'config', 'default-runtime'],
      `there is no runtime "${runtime}"`,
      'define it under runtimes',
    )
  }
}

/** dockerd rejects a label with two values. */
function checkLabels(labels: readonly string[], report: Report): void {
  const values = new Map<string, string>()
  labels.forEach((label, i) => {
    const [name = '', value = ''] = split(label)
    const before = values.get(name)
    const path: Path = ['engine', 'config', 'labels', i]
    if (before !== undefined && before !== value)
      report(path, `label ${name} is already ${before}`, 'keep one of the two')
    values.set(name, value)
  })
}

const split = (label: string): [string, string] => {
  const at = label.indexOf('=')
  return [label.slice(0, at), label.slice(at + 1)]
}
