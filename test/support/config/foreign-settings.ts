/** Random settings of other tools, as their files may hold them. */
import fc from 'fast-check'

/** Keys that the importers know, with values of every kind. */
const names = [
  ...[
    'cpus',
    'memoryMiB',
    'diskSizeMiB',
    'swapMiB',
    'vpnkitCIDR',
    'vpnKitMTU',
    'dns',
    'useDnsForwarder',
    'overrideProxyHttp',
    'filesharingDirectories',
    'dockerDaemonOptions',
    'linuxVM',
    'proxy',
  ],
  ...[
    'cpu',
    'memory',
    'disk',
    'docker',
    'network',
    'env',
    'mounts',
    'autoActivate',
    'hostResolver',
    'portForwards',
    'arch',
    'containerd',
  ],
  ...[
    'debug',
    'labels',
    'registry-mirrors',
    'default-address-pools',
    'bip',
    'features',
    'hosts',
    'log-opts',
    '__proto__',
    'constructor',
  ],
]
const word = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '10.9.0.0/24',
    `\${HOME}`,
    '# x',
    '- a',
    '192.168.65.1',
    'http://u:p@h:1',
    '4GiB',
    '{{.Dir}}',
    '\u2028',
    '~',
    'null',
    '8080:80',
  ),
)
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -9, max: 70_000 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    word,
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  map: fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        ...names,
        'guestPort',
        'hostPort',
        'hostIP',
        'location',
        'dns',
        'dnsHosts',
        'hosts',
        'locked',
        'value',
      ),
      word,
    ),
    tie('value'),
    { maxKeys: 4 },
  ),
})).value
export const settings: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.oneof(fc.constantFrom(...names), word),
  value,
  { maxKeys: 8 },
)
