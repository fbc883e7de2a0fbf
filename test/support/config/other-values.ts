/** Files that differ from an empty one in one key. */
import { stringify } from 'yaml'
import { authority } from './authority.ts'

/** Keys without which another one is an error. */
const required: Readonly<Record<string, object>> = {
  'swarm.stack': { vms: { m: { swarm: 'manager' } } },
  hosts: { vms: { m: {} } },
}

/** `vm.cpus`, 2 → a file that says just that. */
export function fileWith(path: string, value: unknown): string {
  const [top = '', ...rest] = path.split('.')
  const inner = rest.reduceRight<unknown>((nested, key) => ({ [key]: nested }), value)
  return stringify({ apiVersion: 'desktop/v1', ...required[path], [top]: inner })
}

/** A value that is not the default, for each key that decides something by itself. */
export const otherValues: Readonly<Record<string, unknown>> = {
  name: 'other',
  'vm.cpus': 3,
  'vm.memory': '3GiB',
  'vm.swap': '1GiB',
  'vm.disk': '30GiB',
  'vm.accelerator': 'tcg',
  'vm.aslr': 'always',
  'vm.qemu': 'debian',
  'vm.suspendOnStop': false,
  vms: { m: {} },
  'swarm.stack': './stack.yaml',
  hosts: { builder: { ssh: 'me@builder' } },
  'network.subnet': '10.9.0.0/24',
  'network.gateway': '192.168.65.2',
  'network.address': '192.168.65.4',
  'network.host': '192.168.65.5',
  'network.mtu': 1500,
  'network.ipv6': true,
  'network.subnet6': 'fd12:3456:789a::/64',
  'network.dns.upstreams': ['10.0.0.53'],
  'network.dns.hosts': { 'a.test': '10.0.0.1' },
  'network.dns.split': [{ domain: 'corp.example', servers: ['10.0.0.53'] }],
  'network.dns.search': ['corp.example'],
  'network.dns.cache.max': 5,
  'network.dns.cache.minTTL': '5s',
  'network.dns.cache.maxTTL': '5m',
  'network.egress.preset': 'lockdown',
  'network.egress.default': 'deny',
  'network.egress.rules': [{ deny: '10.0.0.0/8' }],
  ports: ['80:80'],
  'publish.containers': false,
  'publish.bind': '0.0.0.0',
  'guest.platforms': ['arm64'],
  'guest.sshAgent': '/run/agent.sock',
  'names.http': 8080,
  'names.https': 8443,
  'engine.config': { debug: true },
  'engine.registryMirrors': ['http://mirror.test:5000'],
  'engine.insecureRegistries': ['registry.test:5000'],
  'engine.trustedCertificates': [authority],
  'engine.addressPools': [{ base: '172.18.0.0/16', size: 24 }],
  'engine.proxies.http': 'http://proxy.test:3128',
  'engine.proxies.https': 'http://proxy.test:3128',
  'engine.proxies.noProxy': 'localhost',
  'engine.socket': '/run/x/docker.sock',
  'engine.context': true,
  'history.keep': 5,
  'history.maxAge': '90d',
  shares: [{ source: '.', target: '/work' }],
  'guest.sysctl': { 'vm.max_map_count': 262_144 },
  'guest.builder': 'linuxkit',
  'guest.services': [{ name: 'sleep', image: 'desktop/tools', command: ['sleep', '1d'] }],
  'guest.files': [{ path: 'etc/motd', contents: 'hello' }],
}
/** They say which files and tools go together or what is forbidden, not what the environment is. */
export const withoutMeaning: readonly string[] = [
  'apiVersion',
  'requiredVersion',
  'extends',
  'policy',
  'hosts',
  'signatures.keys',
  'signatures.require',
]
