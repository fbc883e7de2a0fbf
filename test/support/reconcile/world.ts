/** Targets for tests. */
import type { Desired, PortMapping } from '../../../src/config/desired.ts'
import type { Target } from '../../../src/reconcile/target.ts'

export const GiB: number = 2 ** 30

export const aDesired: Desired = {
  name: 'dev',
  vm: {
    cpus: 2,
    memoryBytes: 2 * GiB,
    swapBytes: 0,
    diskBytes: 20 * GiB,
    accelerator: 'auto',
    aslr: 'auto',
    qemu: 'host',
    suspendOnStop: true,
  },
  network: {
    subnet: '192.168.65.0/24',
    gateway: '192.168.65.1',
    address: '192.168.65.3',
    host: '192.168.65.254',
    mtu: 65520,
  },
  dns: {
    upstreams: ['system'],
    hosts: { 'registry.test': '192.168.65.254' },
    split: [],
    search: [],
    cache: { max: 10000, minTtlSeconds: 0, maxTtlSeconds: 3600 },
  },
  egress: { default: 'allow', rules: [] },
  ports: [],
  history: { keep: 50, maxAgeSeconds: undefined },
  publish: { containers: true, bind: '127.0.0.1' },
  names: { domain: 'dev.localhost' },
  engine: { daemon: { debug: true }, trustedCertificates: [], socket: undefined, context: false },
  shares: [],
  guest: {
    sysctl: { 'vm.max_map_count': '262144' },
    sshAgent: false,
    platforms: [],
    builder: 'desktop',
    services: [],
    files: [],
  },
}

export function mapping(id: string, port: number, guestPort: number = port): PortMapping {
  return {
    id,
    protocol: 'tcp',
    listen: { kind: 'inet', address: '127.0.0.1', port },
    guest: { address: '192.168.65.3', port: guestPort },
  }
}

export function targetOf(desired: Desired): Target {
  const { cpus, memoryBytes } = desired.vm
  const argv = [
    'qemu-system-x86_64',
    '-accel',
    'tcg',
    '-smp',
    String(cpus),
    '-m',
    `${memoryBytes / 2 ** 20}M`,
    ...desired.shares.flatMap(({ target }) => ['-device', `vhost-user-fs-pci,tag=${target}`]),
  ]
  return {
    desired,
    toolVersion: '0.1.0',
    apiVersion: 1,
    daemonJson: {
      text: JSON.stringify(desired.engine.daemon),
      value: desired.engine.daemon,
      sealed: desired.engine.daemon,
    },
    trusted: desired.engine.trustedCertificates.join(''),
    accelerator: 'tcg',
    hashes: {
      image: 'sha256:aaaaaaaaaaaaaaaa',
      metadata: `sha256:${desired.name}`,
      argv: `sha256:${argv.join(' ')}`,
    },
    parts: {
      services: {},
      files: {},
      shares: Object.fromEntries(desired.shares.map((s) => [s.target, s.source])),
    },
    argv,
    guestFiles: { '/run/config/network/gateway': `${desired.network.gateway}\n` },
    diskUuid: 'disk-1',
    userSshAgent: undefined,
    dockerSocket: desired.engine.socket ?? '/run/user/1/desktop/dev/docker.sock',
  }
}
