/** Colima: colima.yaml of a profile. Sizes are in GiB, possibly fractional. */
import type { JsonValue } from '../desired.ts'
import {
  eachMap,
  ignore,
  mebibytes,
  no,
  noKubernetes,
  noScripts,
  noUnless,
  type Taker,
  takeBy,
  takeDaemon,
  takeHosts,
  takeMount,
  takeServers,
  takeVariables,
  to,
  toAs,
  withMap,
} from './common.ts'
import { type HostFacts, takeColimaDefaults } from './defaults.ts'
import { type Draft, leave } from './draft.ts'
import { isSet, plainText, type Settings } from './source.ts'

export function importColima(draft: Draft, settings: Settings, _file: string, host: HostFacts): void {
  takeBy(draft, settings, takers, aboutColima)
  takeColimaDefaults(draft, settings, host)
}

const gibibytes = (value: JsonValue): string => mebibytes((Number(plainText(value)) || 0) * 1024)

const takers: Readonly<Record<string, Taker>> = {
  cpu: to('vm', 'cpus'),
  memory: toAs(['vm', 'memory'], gibibytes),
  disk: toAs(['vm', 'disk'], gibibytes),
  arch: noUnless(['host', 'x86_64'], 'the guest is x86-64'),
  runtime: noUnless(['docker'], 'Docker is the only engine'),
  docker: withMap((draft, from, daemon) => takeDaemon(draft, daemon, `${from}.`)),
  autoActivate: to('engine', 'context'),
  env: withMap((draft, _from, env) => takeVariables(draft, env)),
  network: withMap(takeNetwork),
  kubernetes: withMap((draft, from, kubernetes) =>
    kubernetes.enabled === true ? leave(draft, from, { ...kubernetes }, noKubernetes) : ignore(draft, from),
  ),
  mounts: eachMap(takeMount),
  provision: no(noScripts),
}

/** Keys about Colima's VM, which are fixed in desktop. */
const aboutColima: ReadonlySet<string> = new Set([
  'mountType',
  'mountInotify',
  'cpuType',
  'vmType',
  'rosetta',
  'binfmt',
  'nestedVirtualization',
  'layer',
  'hostname',
  'sshConfig',
  'sshPort',
  'portForwarder',
  'rootDisk',
  'diskImage',
  'forwardAgent',
  'modelRunner',
])

function takeNetwork(draft: Draft, prefix: string, network: Settings): void {
  for (const [key, value] of Object.entries(network)) {
    const from = `${prefix}.${key}`
    if (!isSet(value) || value === false) ignore(draft, from)
    else if (key === 'dns') takeServers(draft, from, value)
    else if (key === 'dnsHosts') withMap(takeHosts)(draft, from, value)
    else if (key === 'address')
      leave(draft, from, value, 'the VM has no address on the host network; publish ports instead')
    else leave(draft, from, value, 'the VM has one network, the forwarder')
  }
}
