/**
 * What a change of each key of desktop.yaml costs, and where the key ends up. The planner, `desktop explain`,
 * the reference page and the completeness test all read this one table.
 */
export type Effect = 'live' | 'reload' | 'restart-engine' | 'restart-vm' | 'recreate'

export interface EffectRow {
  effect: Effect
  /** Which part of the system the key is rendered into. */
  rendered:
    | 'environment'
    | 'argv'
    | 'disk'
    | 'image'
    | 'forwarder'
    | 'daemon.json'
    | 'metadata'
    | 'supervisor'
    | 'host'
    | 'none'
  /** As one would write it; absent = no default. */
  default?: string
  /** Version of desktop that first knew the key. */
  since: string
  note?: string
}

const row = (
  effect: Effect,
  rendered: EffectRow['rendered'],
  fallback?: string,
  note?: string,
): EffectRow => ({
  effect,
  rendered,
  since: '0.1',
  ...(fallback === undefined ? {} : { default: fallback }),
  ...(note === undefined ? {} : { note }),
})

/** Leaves of the schema; a list's items share one row with it. */
export const effects: Readonly<Record<string, EffectRow>> = {
  apiVersion: row('live', 'none'),
  name: row(
    'recreate',
    'environment',
    'name of the folder',
    'A different name is a different environment; the old one stays.',
  ),
  requiredVersion: row('live', 'none'),
  extends: row('live', 'none', undefined, 'The keys of the other file cost what they cost here.'),
  'vm.cpus': row('restart-vm', 'argv', '2'),
  'vm.memory': row('restart-vm', 'argv', '2GiB'),
  'vm.swap': row('live', 'disk', '0MiB', 'To shrink it, swapped-out pages must fit into memory.'),
  'vm.disk': row('live', 'disk', '20GiB', 'Growing is live; shrinking recreates the disk and needs consent.'),
  'vm.accelerator': row('restart-vm', 'argv', 'auto'),
  'vm.aslr': row('restart-vm', 'argv', 'auto', 'Restarts the VM only if the CPU is emulated.'),
  'vm.suspendOnStop': row('live', 'none', 'true', 'Read by `desktop stop`.'),
  vms: row(
    'restart-vm',
    'environment',
    undefined,
    'Machines are made live; one that leaves the file is removed with its disk, after consent. Sizes cost what they cost in vm; swarm and labels are live.',
  ),
  'network.subnet': row('restart-vm', 'forwarder', '192.168.65.0/24'),
  'network.gateway': row('restart-vm', 'forwarder', '192.168.65.1'),
  'network.address': row('restart-vm', 'forwarder', '192.168.65.3'),
  'network.host': row('restart-vm', 'forwarder', '192.168.65.254'),
  'network.mtu': row('restart-vm', 'forwarder', 'auto'),
  'network.ipv6': row('restart-vm', 'forwarder', 'false'),
  'network.subnet6': row(
    'restart-vm',
    'forwarder',
    undefined,
    'It turns network.ipv6 on, unless that says no.',
  ),
  'network.dns.upstreams': row('live', 'forwarder', '[system]'),
  'network.dns.hosts': row('live', 'forwarder', '{}'),
  'network.dns.split': row('live', 'forwarder', '[]'),
  'network.dns.search': row('live', 'forwarder', '[]', 'Takes effect with the next DHCP lease of the VM.'),
  'network.dns.cache.max': row('live', 'forwarder', '10000'),
  'network.dns.cache.minTTL': row('live', 'forwarder', '0s'),
  'network.dns.cache.maxTTL': row('live', 'forwarder', '1h'),
  'network.egress.preset': row('live', 'forwarder', undefined, 'Open connections stay open.'),
  'network.egress.default': row('live', 'forwarder', 'allow', 'Open connections stay open.'),
  'network.egress.rules': row('live', 'forwarder', '[]', 'Open connections stay open.'),
  ports: row('live', 'forwarder', '[]'),
  'publish.containers': row('live', 'supervisor', 'true'),
  'publish.bind': row('live', 'supervisor', '127.0.0.1'),
  'names.http': row('live', 'supervisor'),
  'names.https': row(
    'live',
    'supervisor',
    undefined,
    '`desktop trust` lets browsers trust its certificates.',
  ),
  'engine.config': row('restart-engine', 'daemon.json', '{}', 'Each key has its own effect.'),
  'engine.registryMirrors': row('reload', 'daemon.json', '[]'),
  'engine.insecureRegistries': row('reload', 'daemon.json', '[]'),
  'engine.trustedCertificates': row('restart-engine', 'metadata', '[]', 'dockerd reads them at start.'),
  'engine.addressPools': row(
    'restart-engine',
    'daemon.json',
    undefined,
    'Networks that are there already keep theirs.',
  ),
  'engine.proxies.http': row('restart-engine', 'daemon.json'),
  'engine.proxies.https': row('restart-engine', 'daemon.json'),
  'engine.proxies.noProxy': row('restart-engine', 'daemon.json'),
  'engine.socket': row('live', 'supervisor', 'auto'),
  'engine.context': row('live', 'host', 'false'),
  shares: row('restart-vm', 'argv', '[]'),
  'guest.sshAgent': row('live', 'supervisor', 'false', 'Connections to the previous agent are closed.'),
  'guest.platforms': row(
    'live',
    'disk',
    '[]',
    "QEMU's emulators are downloaded once, 71 MB; those of the list are copied to the data disk.",
  ),
  'guest.sysctl': row('live', 'metadata', '{}'),
  'history.keep': row('live', 'none', '50', 'Read by the next apply that changes something.'),
  'history.maxAge': row('live', 'none', undefined, 'Read by the next apply that changes something.'),
  'signatures.keys': row('live', 'none', '[]', 'Checked by plan, apply and drift.'),
  'signatures.require': row('live', 'none', '[]', 'Checked by plan, apply and drift.'),
  policy: row('live', 'none', '[]', 'Checked by validate, plan, apply and drift.'),
  'guest.builder': row('restart-vm', 'image', 'desktop', 'Both build the same files from the same packages.'),
  'guest.services': row('restart-vm', 'image', '[]'),
  'guest.files': row('restart-vm', 'image', '[]'),
}
