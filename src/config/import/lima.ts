/** Lima: lima.yaml and templates. A null key has Lima's default. */
import type { JsonValue } from '../desired.ts'
import {
  binarySize,
  eachMap,
  leaveUnless,
  no,
  noScripts,
  noUnless,
  noWhenOn,
  type Taker,
  takeBy,
  takeHosts,
  takeMount,
  takeServers,
  takeVariables,
  templateReason,
  to,
  toAs,
  withMap,
} from './common.ts'
import { type HostFacts, takeLimaDefaults } from './defaults.ts'
import { type Draft, leave, take } from './draft.ts'
import { isMap, isSet, listOf, plainText, type Settings } from './source.ts'

export function importLima(draft: Draft, settings: Settings, _file: string, host: HostFacts): void {
  takeBy(draft, settings, takers, aboutLima)
  takeLimaDefaults(draft, settings, host)
}

const size = (value: JsonValue): JsonValue => binarySize(value) ?? value

const takers: Readonly<Record<string, Taker>> = {
  cpus: to('vm', 'cpus'),
  memory: toAs(['vm', 'memory'], size),
  disk: toAs(['vm', 'disk'], size),
  arch: noUnless(['default', 'x86_64'], 'the guest is x86-64'),
  mounts: eachMap(takeMount),
  portForwards: eachMap(takeForward),
  dns: takeServers,
  env: withMap((draft, _from, env) => takeVariables(draft, env)),
  hostResolver: withMap(takeResolver),
  base: no('what the other template says is not followed; fill it in first: limactl template copy --fill'),
  provision: no(noScripts),
  probes: no('desktop checks the engine itself'),
  networks: no('the VM has one network, the forwarder; publish ports instead'),
  additionalDisks: no('there is one data disk; its size is vm.disk'),
  copyToHost: no('nothing is copied out of the guest; `desktop exec` can'),
  caCerts: noWhenOn(
    'certificates are not added to the guest; registries can be in engine.insecureRegistries',
  ),
  ssh: noWhenOn('there is no SSH; `desktop shell` opens a terminal'),
  containerd: noWhenOn('Docker is the only engine'),
  plain: noWhenOn('the guest is built from Debian packages for Docker'),
}

/** Keys about Lima's VM, which are fixed in desktop. */
const aboutLima: ReadonlySet<string> = new Set([
  'images',
  'vmType',
  'vmOpts',
  'os',
  'cpuType',
  'firmware',
  'audio',
  'video',
  'timezone',
  'mountType',
  'mountTypesUnsupported',
  'mountInotify',
  'message',
  'param',
  'minimumLimaVersion',
  'guestInstallPrefix',
  'upgradePackages',
  'propagateProxyEnv',
  'user',
  'nestedVirtualization',
  'rosetta',
])

function takeResolver(draft: Draft, from: string, { hosts, enabled, ipv6 }: Settings): void {
  takeHosts(draft, `${from}.hosts`, isMap(hosts) ? hosts : {})
  leaveUnless(draft, `${from}.enabled`, enabled, [true], 'DNS queries always go to network.dns.upstreams')
  leaveUnless(draft, `${from}.ipv6`, ipv6, [false], 'answers have the addresses that the servers give')
}

function takeForward(draft: Draft, from: string, rule: Settings): void {
  const reason = refusalOf(rule)
  if (reason !== undefined) leave(draft, from, { ...rule }, reason)
  else if (rule.guestSocket !== undefined)
    take(draft, from, { ...rule }, ['engine', 'socket'], plainText(rule.hostSocket))
  else {
    const guest = guestOf(rule)
    for (const protocol of rule.proto === 'any' ? ['tcp', 'udp'] : [plainText(rule.proto ?? 'tcp')]) {
      const port = { host: hostOf(rule), guest, ...(protocol === 'tcp' ? {} : { protocol }) }
      take(draft, from, { ...rule }, ['ports'], port, true)
    }
  }
}

/** Lima forwards ports when they open; desktop listens from the start, so catch-all rules are not imported. */
function refusalOf(rule: Settings): string | undefined {
  if (rule.ignore === true) return 'only ports that are asked for are forwarded'
  if (rule.reverse === true) return 'sockets of the host are not forwarded into the VM'
  if (/\{\{/.test(JSON.stringify(rule))) return `${templateReason}; for docker.sock, see engine.socket`
  if (rule.guestSocket !== undefined) {
    return /docker\.sock$/.test(plainText(rule.guestSocket))
      ? undefined
      : 'sockets of the guest are not forwarded, except docker.sock'
  }
  const guest = rangeOf(rule.guestPortRange) ?? rule.guestPort
  if (!isSet(guest) || guest === '1-65535') return 'ports that containers publish are forwarded by themselves'
  return undefined
}

function hostOf({
  hostIP,
  hostSocket,
  hostPortRange,
  hostPort,
  guestPortRange,
  guestPort,
}: Settings): string {
  if (hostSocket !== undefined) return `unix:${plainText(hostSocket)}`
  const address = plainText(hostIP ?? '127.0.0.1')
  const port = rangeOf(hostPortRange) ?? hostPort ?? rangeOf(guestPortRange) ?? guestPort
  return `${address.includes(':') ? `[${address}]` : address}:${plainText(port)}`
}

function guestOf({ guestIP, guestPortRange, guestPort }: Settings): string {
  const port = rangeOf(guestPortRange) ?? plainText(guestPort)
  const anywhere = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(plainText(guestIP ?? '0.0.0.0'))
  return anywhere ? port : `${plainText(guestIP)}:${port}`
}

function rangeOf(value: JsonValue | undefined): string | undefined {
  const [first, last] = listOf(value)
  return first === undefined || last === undefined ? undefined : `${plainText(first)}-${plainText(last)}`
}
