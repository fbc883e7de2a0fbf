/** Random configurations that desktop accepts, as values and as the texts that people write. */
import fc from 'fast-check'
import { stringify } from 'yaml'
import type { Desired } from '../../../src/config/desired.ts'
import type { DesktopFile } from '../../../src/config/generated/types.ts'
import { configOf } from '../../../src/config/load.ts'

type Section<K extends keyof DesktopFile> = NonNullable<DesktopFile[K]>

const partial = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const domain: fc.Arbitrary<string> = fc
  .array(label, { minLength: 2, maxLength: 3 })
  .map((labels) => labels.join('.'))
const size = (least: number, most: number): fc.Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((gib) => `${gib}GiB`)

const vm: fc.Arbitrary<Section<'vm'>> = partial<Section<'vm'>>({
  cpus: fc.integer({ min: 1, max: 64 }),
  memory: fc.oneof(
    size(1, 64),
    fc.integer({ min: 512, max: 4096 }).map((mib) => `${mib}MiB`),
  ),
  swap: fc.constantFrom('0MiB', '512MiB'),
  disk: size(1, 500),
  accelerator: fc.constantFrom('auto', 'kvm', 'hvf', 'tcg'),
})

const dns = partial({
  upstreams: fc.array(
    fc.oneof(fc.constant('system'), fc.constantFrom('10.9.0.53', '10.9.0.54:5353', '[fd00::1]:53')),
    {
      maxLength: 3,
    },
  ),
  hosts: fc.dictionary(domain, fc.oneof(fc.ipV4(), fc.constant('fd00::2')), { maxKeys: 4 }),
  split: fc.uniqueArray(
    fc.record({ domain, servers: fc.array(fc.constant('10.9.1.53'), { minLength: 1, maxLength: 2 }) }),
    { maxLength: 3, selector: ({ domain: name }) => name },
  ),
  search: fc.array(domain, { maxLength: 2 }),
  cache: partial({
    max: fc.integer({ min: 0, max: 100_000 }),
    minTTL: fc.integer({ min: 0, max: 59 }).map((s) => `${s}s`),
    maxTTL: fc.integer({ min: 1, max: 9 }).map((m) => `${m}m`),
  }),
})

/** Each target once: a second rule about it is a mistake. */
const egress = partial({
  default: fc.constantFrom('allow' as const, 'deny' as const),
  rules: fc.uniqueArray(
    fc
      .tuple(
        fc.boolean(),
        fc.oneof(domain, fc.constantFrom('*', '10.0.0.0/8', '10.1.2.3', '*.corp.example')),
        fc.constantFrom('', ':443', ':1-1023/tcp', '/icmp'),
      )
      .map(([isAllow, to, ports]) => (isAllow ? { allow: to + ports } : { deny: to + ports })),
    {
      maxLength: 4,
      selector: ({ allow, deny }: { allow?: string; deny?: string }) => (allow ?? deny)!.toLowerCase(),
    },
  ),
})

/** A /24, and addresses of it that differ from each other and from the VM's default. */
const network: fc.Arbitrary<Section<'network'>> = fc
  .record({
    net: fc.constantFrom('192.168.65', '10.213.65', '172.30.1'),
    hosts: fc.uniqueArray(fc.integer({ min: 4, max: 250 }), { minLength: 3, maxLength: 3 }),
    given: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    ipv6: fc.option(fc.boolean(), { nil: undefined }),
    subnet6: fc.constantFrom(undefined, 'fd12:3456:789a::/64'),
    mtu: fc.option(fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1280, max: 65_520 })), {
      nil: undefined,
    }),
    dns: fc.option(dns, { nil: undefined }),
    egress: fc.option(egress, { nil: undefined }),
  })
  .map(({ net, hosts, given, ipv6, subnet6, mtu, dns: names, egress: out }) => ({
    subnet: `${net}.0/24`,
    ...(given[0] ? { gateway: `${net}.${hosts[0]}` } : {}),
    ...(given[1] ? { address: `${net}.${hosts[1]}` } : {}),
    ...(given[2] ? { host: `${net}.${hosts[2]}` } : {}),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    ...(subnet6 === undefined ? {} : { subnet6 }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(out === undefined ? {} : { egress: out as NonNullable<Section<'network'>['egress']> }),
    ...(names === undefined ? {} : { dns: names as NonNullable<Section<'network'>['dns']> }),
  }))

const address = fc.constantFrom('', '127.0.0.1:', '0.0.0.0:', '[::1]:')
const protocol = fc.constantFrom('tcp' as const, 'udp' as const)

/** Each entry has host ports of its own, so that none takes another's. */
const ports: fc.Arbitrary<Section<'ports'>> = fc
  .uniqueArray(fc.integer({ min: 100, max: 600 }), { maxLength: 6 })
  .chain((blocks) => fc.tuple(...blocks.map(portEntry)))

function portEntry(block: number): fc.Arbitrary<Section<'ports'>[number]> {
  const first = block * 100
  const guest = fc.integer({ min: 1, max: 60_000 })
  return fc.oneof(
    fc
      .tuple(address, guest, fc.constantFrom('', '/tcp', '/udp'))
      .map(([at, to, suffix]) => `${at}${first}:${to}${suffix}`),
    fc.tuple(guest, fc.integer({ min: 1, max: 3 })).map(([to, n]) => `${first}-${first + n}:${to}-${to + n}`),
    fc.constant(`unix:./s${block}.sock:80`),
    fc.record({ host: fc.constant(first), guest, protocol }).map((form) => ({ name: `p${block}`, ...form })),
  )
}

const engineConfig = partial({
  debug: fc.boolean(),
  'live-restore': fc.boolean(),
  experimental: fc.boolean(),
  labels: fc.uniqueArray(label, { maxLength: 3 }).map((names) => names.map((name) => `${name}=1`)),
  'log-driver': fc.constantFrom('json-file', 'local'),
  'log-opts': partial({ 'max-size': fc.constantFrom('1', '10m'), 'max-file': fc.constantFrom('1', '3') }),
  'max-concurrent-downloads': fc.integer({ min: 1, max: 10 }),
  'default-shm-size': fc.constantFrom('64M', '128M'),
  features: fc.dictionary(fc.constantFrom('buildkit', 'cdi'), fc.boolean()),
  'shutdown-timeout': fc.integer({ min: 0, max: 60 }),
  bip: fc.constant('172.31.0.1/24'),
  runtimes: fc.constant({ crun: { path: '/usr/bin/crun' } }),
})

const engine = partial({
  config: engineConfig,
  registryMirrors: fc.array(
    domain.map((name) => `https://${name}`),
    { maxLength: 2 },
  ),
  insecureRegistries: fc.array(
    domain.map((name) => `${name}:5000`),
    { maxLength: 2 },
  ),
  addressPools: fc.constantFrom([], [{ base: '172.18.0.0/16', size: 24 }]),
  proxies: partial({ http: fc.constant('http://proxy.test:3128'), noProxy: domain }),
  socket: fc.constantFrom('auto', './docker.sock', '/run/desktop-test/docker.sock'),
  context: fc.boolean(),
})

const shares: fc.Arbitrary<Section<'shares'>> = fc.uniqueArray(
  fc.record({
    source: fc.constantFrom('.', './data', '/srv/data'),
    target: fc.constantFrom('/work', '/data', '/home/dev/src'),
    writable: fc.boolean(),
  }),
  { maxLength: 2, selector: ({ target }) => target },
)

const parameters = fc.constantFrom('vm.max_map_count', 'net.core.somaxconn', 'kernel.pid_max')

/** Values that the schema and the checks of meaning accept. */
export const desktopFile: fc.Arbitrary<DesktopFile> = partial<Omit<DesktopFile, 'apiVersion'>>({
  name: fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  vm,
  network,
  ports,
  history: partial({ keep: fc.integer({ min: 1, max: 999 }), maxAge: fc.constantFrom('90d', '12h') }),
  publish: partial({ containers: fc.boolean(), bind: fc.constantFrom('127.0.0.1', '0.0.0.0', '::1') }),
  engine: engine as unknown as fc.Arbitrary<Section<'engine'>>,
  shares,
  guest: partial<Section<'guest'>>({
    sysctl: fc.dictionary(parameters, fc.oneof(fc.nat(), fc.constant('1 2 3'))),
    services: fc.constantFrom(
      [],
      [{ name: 'web', image: 'desktop/tools', command: ['httpd', '-f'], capabilities: ['all'] }],
    ),
    files: fc.constantFrom([], [{ path: 'etc/motd', contents: 'hello', mode: '0644' }]),
  }),
}).map((rest) => ({ apiVersion: 'desktop/v1', ...rest }))

/** The same as YAML, in block and in flow style. */
export const desktopText: fc.Arbitrary<string> = fc
  .tuple(desktopFile, fc.constantFrom('BLOCK', 'FLOW'), fc.constantFrom(2, 4))
  .map(([file, style, indent]) =>
    stringify(file, { indent, lineWidth: 0, collectionStyle: style === 'FLOW' ? 'flow' : 'block' }),
  )

export const parsed = (text: string, env: Readonly<Record<string, string>> = {}): Desired =>
  configOf({ file: 'desktop.yaml', path: '/projects/shop/desktop.yaml', text, env })

/** What such a file means, for tests of what comes after. */
export const desired: fc.Arbitrary<Desired> = desktopText.map((text) => parsed(text))
