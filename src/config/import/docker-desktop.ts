/**
 * Docker Desktop: settings.json (up to 4.34), settings-store.json (later; capitalised names, defaults omitted),
 * admin-settings.json (values wrapped in {locked, value}), and daemon.json in the same folder.
 */
import { messageOf } from '../../errors/system.ts'
import type { JsonValue } from '../desired.ts'
import { daemonKeys } from '../generated/daemon-keys.ts'
import {
  eachItem,
  ignore,
  mebibytes,
  no,
  noKubernetes,
  noUnless,
  noWhenOn,
  type Taker,
  takeDaemon,
  takeShare,
  to,
  toAs,
  unknownKey,
} from './common.ts'
import { type HostFacts, takeDockerDesktopDefaults } from './defaults.ts'
import { type Draft, leave, take } from './draft.ts'
import { isMap, isSet, plainText, type Settings, settingsOf } from './source.ts'

export function importDockerDesktop(draft: Draft, settings: Settings, file: string, host: HostFacts): void {
  if (isDaemonJson(settings)) {
    takeDaemon(draft, settings)
    return
  }
  const flat = flattened(settings)
  const byName = new Map([...flat].map(([from, value]) => [nameOf(from), value]))
  const of: Others['of'] = (name) => byName.get(name.toLowerCase())
  for (const [from, value] of flat) takeSetting(draft, from, value, { of, file })
  takeDockerDesktopDefaults(draft, of, host)
  if (!draft.notes.includes(publishNote)) draft.notes.push(publishNote)
}

const publishNote =
  'Docker Desktop publishes container ports on all addresses of the host; here they are on 127.0.0.1 unless publish.bind is 0.0.0.0.'

/** The two formats share few names, so the majority decides. */
function isDaemonJson(settings: Settings): boolean {
  const names = Object.keys(settings)
  return (
    names.length > 0 && names.filter((name) => Object.hasOwn(daemonKeys, name)).length * 2 >= names.length
  )
}

const sections: ReadonlySet<string> = new Set(['linuxvm', 'proxy', 'network', 'vm', 'resources'])

/** Unwraps values and flattens sections. */
function flattened(settings: Settings): Map<string, JsonValue> {
  const found = new Map<string, JsonValue>()
  const walk = (map: Settings, prefix: string): void => {
    for (const [name, value] of Object.entries(map)) {
      const wrapped = isMap(value) && 'locked' in value && 'value' in value
      const section = isMap(value) && isSet(value) && !wrapped && sections.has(name.toLowerCase())
      if (section) walk(value, `${prefix}${name}.`)
      else found.set(`${prefix}${name}`, wrapped ? (value.value ?? null) : value)
    }
  }
  walk(settings, '')
  return found
}

/** Names vary in case, and may be in sections. */
const nameOf = (from: string): string => from.slice(from.lastIndexOf('.') + 1).toLowerCase()

interface Others {
  /** Looks up a setting by case-insensitive name. */
  of: (name: string) => JsonValue | undefined
  file: string
}

/** Imports a setting; some depend on other settings. */
type Take = (draft: Draft, from: string, value: JsonValue, others: Others) => void

const size = (...key: string[]): Taker => toAs(key, (value) => mebibytes(Number(plainText(value)) || 0))

const proxy =
  (key: string): Take =>
  (draft, from, value, { of }) => {
    const mode = of('proxyHttpMode') ?? of('mode')
    if (mode !== undefined && mode !== 'manual') ignore(draft, from)
    else take(draft, from, value, ['engine', 'proxies', key], value)
  }

const takeDns: Take = (draft, from, value, { of }) => {
  if (of('useDnsForwarder') !== false) return ignore(draft, from)
  for (const server of plainText(value).split(/[\s,]+/))
    take(draft, from, value, ['network', 'dns', 'upstreams'], server, true)
}

const takeFolders = eachItem((draft, from, path) => {
  const folder = plainText(isMap(path) ? path.path : path)
  takeShare(draft, from, path, { source: folder, target: folder, writable: true })
})

/** A string that contains a daemon.json. */
const takeOptions: Take = (draft, from, value, { file }) => {
  try {
    const options = isMap(value) ? value : settingsOf(plainText(value), file)
    if (isSet(options)) takeDaemon(draft, options, `${from}.`)
    else ignore(draft, from)
  } catch (error) {
    leave(draft, from, value, `it is not a daemon.json: ${messageOf(error)}`)
  }
}

/** Keyed by lower-case name. */
const takers: Readonly<Record<string, Take>> = {
  cpus: to('vm', 'cpus'),
  memorymib: size('vm', 'memory'),
  disksizemib: size('vm', 'disk'),
  swapmib: size('vm', 'swap'),
  vpnkitcidr: to('network', 'subnet'),
  vpnkitmtu: (draft, from, value) =>
    value === 1500 ? ignore(draft, from) : take(draft, from, value, ['network', 'mtu'], value),
  dns: takeDns,
  overrideproxyhttp: proxy('http'),
  overrideproxyhttps: proxy('https'),
  overrideproxyexclude: proxy('noProxy'),
  http: proxy('http'),
  https: proxy('https'),
  exclude: proxy('noProxy'),
  proxyhttpmode: (draft, from, value) =>
    value === 'system'
      ? leave(draft, from, value, "the host's proxy settings are not followed; write it into engine.proxies")
      : ignore(draft, from),
  usecontainerdsnapshotter: to('engine', 'config', 'features', 'containerd-snapshotter'),
  filesharingdirectories: takeFolders,
  dockerdaemonoptions: takeOptions,
  kubernetesenabled: noWhenOn(noKubernetes),
  kubernetes: noWhenOn(noKubernetes),
  exposedockerapiontcp2375: noWhenOn(
    'a port without TLS gives the VM to everyone who reaches it; use docker.sock',
  ),
  usewindowscontainers: noWhenOn('containers are Linux containers'),
  hostnetworkingenabled: noWhenOn('host networking is that of the VM; publish ports instead'),
  synchronizeddirectories: no('folders are not synchronised into the VM'),
  socksproxyport: noUnless([0], 'there is no SOCKS proxy into the VM'),
  autostart: noWhenOn('nothing starts at login; `desktop start` can stand in a unit of yours'),
  useresourcesaver: noWhenOn('an idle VM is not stopped by itself; `desktop stop` suspends it'),
  vpnkitallowedbindaddresses: noUnless(
    ['0.0.0.0'],
    'addresses are not restricted; a policy rule on ports[*].address can do that',
  ),
}

/** Keys about the app, its window and updates, or its VM. */
const aboutTheApp =
  /version|update|tip|display|banner|popup|onboarding|licen[cs]e|login|organization|credential|analytics|telemetry|extension|tutorial|survey|theme|window|dashboard|inference|dockerai|^last|terminal|nightly|canary|backup|folder|diskflush|diskqcow|diskstats|disktrim|wsl|hyperv|virtualization|rosetta|vpnkit|dnsforwarder|dnsinhibition|grpcfuse|virtiofs|showkubernetes|kubernetesinitial|lifecycle|hardware|beta|sbom|scout|swarm|launchpath|stackorchestrator/i

function takeSetting(draft: Draft, from: string, value: JsonValue, others: Others): void {
  const name = nameOf(from)
  if (!isSet(value)) ignore(draft, from)
  else if (Object.hasOwn(takers, name)) takers[name]?.(draft, from, value, others)
  else if (aboutTheApp.test(from)) ignore(draft, from)
  else leave(draft, from, value, unknownKey)
}
