/**
 * Effect of a change of each key of desktop.yaml, and the component that the key configures. The planner,
 * `desktop explain`, the reference page and the completeness test read this table.
 */
export type Effect = 'live' | 'reload' | 'restart-engine' | 'restart-vm' | 'recreate'

export interface EffectRow {
  effect: Effect
  /** Component that the key is rendered into. */
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
    | 'swarm'
    | 'none'
  /** In YAML; absent = no default. */
  default?: string
  /** First version of desktop with the key. */
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

/** Leaves of the schema; a list and its items share one row. */
export const effects: Readonly<Record<string, EffectRow>> = {
  apiVersion: row('live', 'none'),
  name: row(
    'recreate',
    'environment',
    'name of the folder',
    'A different name is a different environment; the old one stays.',
  ),
  requiredVersion: row('live', 'none'),
  extends: row('live', 'none', undefined, 'Keys in the other file have the same effects as here.'),
  'vm.cpus': row('restart-vm', 'argv', '2'),
  'vm.memory': row('restart-vm', 'argv', '2GiB'),
  'vm.swap': row('live', 'disk', '0MiB', 'To shrink it, swapped-out pages must fit into memory.'),
  'vm.disk': row('live', 'disk', '20GiB', 'Growing is live; shrinking recreates the disk and needs consent.'),
  'vm.accelerator': row('restart-vm', 'argv', 'auto'),
  'vm.aslr': row('restart-vm', 'argv', 'auto', 'Restarts the VM only if the CPU is emulated.'),
  'vm.qemu': row('restart-vm', 'argv', 'host'),
  'vm.suspendOnStop': row('live', 'none', 'true', 'Read by `desktop stop`.'),
  vms: row(
    'restart-vm',
    'environment',
    undefined,
    'Adding a machine is live. A machine removed from the file is deleted with its disk, after confirmation. Size changes have the same effect as under vm; swarm and labels are live. A machine that moves to another host is deleted with its disk, after confirmation, and created there.',
  ),
  'swarm.stack': row(
    'live',
    'swarm',
    undefined,
    'Only tasks of services whose containers change are replaced. A stack removed from the file keeps running.',
  ),
  hosts: row('live', 'none', undefined, 'Read by commands that act on machines of another host.'),
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
    'Implies network.ipv6: true, unless it is set to false.',
  ),
  'network.dns.upstreams': row('live', 'forwarder', '[system]'),
  'network.dns.hosts': row('live', 'forwarder', '{}'),
  'network.dns.split': row('live', 'forwarder', '[]'),
  'network.dns.search': row('live', 'forwarder', '[]', "Takes effect at the VM's next DHCP lease."),
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
    'Existing networks keep their ranges.',
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
    "QEMU's emulators (71 MB) are downloaded once; the listed ones are copied to the data disk.",
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
