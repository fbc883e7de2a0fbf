/**
 * Effects of each daemon.json key on a running engine: a non-default value, and where it can be read back.
 * Each group is one file for the engine (test/e2e/full-linux.test.ts).
 */
import { expect } from 'vitest'
import type { JsonValue } from '../../src/config/desired.ts'
import type { Facts } from '../e2e/daemon-facts.ts'

interface KeyRow {
  key: string
  value: JsonValue
  seen: (facts: Facts) => unknown
  expected: unknown
}

const row = (
  key: string,
  value: JsonValue,
  seen: (facts: Facts) => unknown,
  expected: unknown = value,
): KeyRow => ({ key, value, seen, expected })
const has = (text: string): unknown => expect.stringContaining(text)
const option = (name: string) => (facts: Facts) => facts.bridge.Options?.[`com.docker.network.${name}`]
const reloaded = (key: string) => (facts: Facts) => facts.reload[key]
const registry = (facts: Facts) => facts.info.RegistryConfig as Record<string, unknown>

/** Applied while containers keep running. */
const reload: readonly KeyRow[] = [
  row(
    'allow-nondistributable-artifacts',
    ['registry.test'],
    reloaded('allow-nondistributable-artifacts'),
    '["registry.test"]',
  ),
  row('debug', true, ({ info }) => info.Debug),
  row('default-cgroupns-mode', 'host', ({ container }) => container.HostConfig.CgroupnsMode),
  row('default-ipc-mode', 'shareable', ({ container }) => container.HostConfig.IpcMode),
  row('default-runtime', 'second', ({ container }) => container.HostConfig.Runtime),
  row('default-shm-size', '128M', ({ inside }) => inside, expect.stringMatching(/^shm +128 /m)),
  row('features', { buildkit: false }, ({ builder }) => builder, has('Builder-Version: 1')),
  row(
    'insecure-registries',
    ['10.0.0.0/8'],
    (facts) => registry(facts).InsecureRegistryCIDRs,
    expect.arrayContaining(['10.0.0.0/8']),
  ),
  row('labels', ['project=shop'], ({ info }) => info.Labels),
  row('live-restore', true, ({ info }) => info.LiveRestoreEnabled),
  row('max-concurrent-downloads', 4, reloaded('max-concurrent-downloads'), '4'),
  row('max-concurrent-uploads', 6, reloaded('max-concurrent-uploads'), '6'),
  row('max-download-attempts', 7, reloaded('max-download-attempts'), '7'),
  row('registry-mirrors', ['https://mirror.test/hub'], (facts) => registry(facts).Mirrors, [
    'https://mirror.test/hub/',
  ]),
  row(
    'runtimes',
    { second: { path: '/usr/bin/crun' } },
    ({ info }) => info.Runtimes,
    expect.objectContaining({ second: expect.objectContaining({ path: '/usr/bin/crun' }) }),
  ),
  row('shutdown-timeout', 33, reloaded('shutdown-timeout'), '33'),
]

const network: readonly KeyRow[] = [
  row('bip', '172.20.0.1/16', ({ bridge }) => bridge.IPAM?.Config, [
    expect.objectContaining({ Subnet: '172.20.0.0/16' }),
    expect.anything(),
  ]),
  row('default-address-pools', [{ base: '10.99.0.0/16', size: 24 }], ({ network: { IPAM } }) => IPAM.Config, [
    expect.objectContaining({ Subnet: expect.stringMatching(/^10\.99\.\d+\.0\/24$/) }),
  ]),
  row('default-gateway', '172.20.0.2', ({ inside }) => inside, has('default via 172.20.0.2 ')),
  row('default-gateway-v6', 'fd00:7::2', ({ inside }) => inside, has('default via fd00:7::2 ')),
  row(
    'default-network-opts',
    { bridge: { 'com.docker.network.driver.mtu': '1400' } },
    ({ network: { Options } }) => Options,
    { 'com.docker.network.driver.mtu': '1400' },
  ),
  row('dns', ['10.0.0.9'], ({ inside }) => inside, has('nameserver 10.0.0.9\n')),
  row('dns-opts', ['ndots:3'], ({ inside }) => inside, has('options ndots:3\n')),
  row('dns-search', ['corp.example'], ({ inside }) => inside, has('search corp.example\n')),
  row('experimental', true, ({ info }) => info.ExperimentalBuild),
  row('fixed-cidr', '172.20.1.0/24', ({ inside }) => inside, expect.stringMatching(/^172\.20\.1\.\d+\t/m)),
  row('fixed-cidr-v6', 'fd00:7::/64', ({ inside }) => inside, has('fd00:7::/64 dev eth0')),
  row('host-gateway-ip', '10.0.0.1', ({ inside }) => inside, has('10.0.0.1\tgate\n')),
  row('icc', false, ({ guest }) => guest, has('-A FORWARD -i docker0 -o docker0 -j DROP')),
  row('ip', '127.0.0.1', ({ container }) => container.NetworkSettings.Ports['80/tcp'], [
    expect.objectContaining({ HostIp: '127.0.0.1' }),
  ]),
  row('ip-masq', false, ({ guest }) => guest, expect.not.stringContaining('-s 172.20.0.0/16 ! -o docker0')),
  row('ip6tables', true, ({ guest }) => guest, expect.stringMatching(/^v6 .*-o docker0/m)),
  row('ipv6', true, ({ bridge }) => bridge.EnableIPv6),
  row('mtu', 1300, option('driver.mtu'), '1300'),
]

const engine: readonly KeyRow[] = [
  row(
    'builder',
    { gc: { enabled: true, policy: [{ all: true, keepStorage: '5GB' }] } },
    ({ buildkit }) => buildkit,
    expect.stringMatching(/GC Policy rule#0:\s+All: +true[^#]*Keep Bytes: 5GiB/),
  ),
  row('cdi-spec-dirs', ['/run/cdi'], ({ info }) => info.CDISpecDirs),
  row('cgroup-parent', '/parent', ({ guest }) => guest, has('/sys/fs/cgroup/parent/')),
  row(
    'default-ulimits',
    { nofile: { Name: 'nofile', Hard: 64, Soft: 32 } },
    ({ inside }) => inside,
    has('nofile 32\n'),
  ),
  row('exec-opts', ['native.cgroupdriver=cgroupfs'], ({ info }) => info.CgroupDriver, 'cgroupfs'),
  row('features', { cdi: true }, ({ info }) => info.CDISpecDirs, ['/run/cdi']),
  row('init', true, ({ inside }) => inside, has('init /sbin/docker-init')),
  row('init-path', '/usr/bin/tini-static', ({ info }) => info.InitBinary),
  row('log-driver', 'local', ({ container }) => container.HostConfig.LogConfig.Type),
  row('log-format', 'json', ({ log }) => log, has('"msg":"Daemon has completed initialization"')),
  row('log-level', 'debug', ({ log }) => log, has('"level":"debug"')),
  row('log-opts', { 'max-size': '10m' }, ({ container }) => container.HostConfig.LogConfig.Config),
  row('metrics-addr', '127.0.0.1:9323', ({ guest }) => guest, has('engine_daemon')),
  row('network-control-plane-mtu', 1400, ({ log }) => log, has('Network Control Plane MTU: 1400')),
  row('no-new-privileges', true, ({ inside }) => inside, has('NoNewPrivs:\t1')),
  row('node-generic-resources', ['gpu=2'], ({ info }) => info.GenericResources, [
    { DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } },
  ]),
  row(
    'proxies',
    { 'http-proxy': 'http://a.test:1', 'https-proxy': 'http://b.test:2', 'no-proxy': 'c.test' },
    ({ info }) => [info.HttpProxy, info.HttpsProxy, info.NoProxy],
    ['http://a.test:1', 'http://b.test:2', 'c.test'],
  ),
  row('seccomp-profile', 'unconfined', ({ inside }) => inside, has('Seccomp:\t0')),
  row(
    'selinux-enabled',
    false,
    ({ info }) => info.SecurityOptions,
    expect.not.arrayContaining(['name=selinux']),
  ),
  row('userland-proxy', false, ({ guest }) => guest, expect.not.stringContaining('docker-proxy -proto')),
]

/** A minimal engine: another storage driver, which hides all images, and no default bridge. */
const bare: readonly KeyRow[] = [
  row('bridge', 'none', ({ bridge }) => bridge, {}),
  row('iptables', false, ({ guest }) => guest, expect.not.stringContaining('-j DNAT')),
  row('raw-logs', true, ({ log }) => log, has('msg="Daemon has completed initialization"')),
  row('storage-driver', 'vfs', ({ info }) => info.Driver),
  row(
    'userland-proxy-path',
    '/usr/sbin/docker-proxy',
    ({ guest }) => guest,
    has('/usr/sbin/docker-proxy -proto'),
  ),
]

export const groups: Readonly<Record<string, readonly KeyRow[]>> = { reload, network, engine, bare }

/** Keys that another test sets on a real engine, or for which `validate` allows only the default. */
export const elsewhere: Readonly<Record<string, string>> = {
  'authorization-plugins': 'full-linux.test.ts: a plugin that denies a request',
  'ip-forward': 'daemon.test.ts: refused unless true, the default',
  'storage-opts': 'daemon.test.ts: refused but for what overlay2 ignores',
  'userns-remap': 'full-linux.test.ts: userns-remap maps root of containers',
}

export const configOf = (rows: readonly KeyRow[]): Record<string, JsonValue> => {
  const config: Record<string, JsonValue> = {}
  for (const { key, value } of rows) config[key] = value
  return config
}
