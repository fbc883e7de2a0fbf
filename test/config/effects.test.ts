import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { leaves, readSchemas } from '../../scripts/generate/schemas.ts'
import { effects } from '../../src/config/effects.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from './arbitrary.ts'

const schemas = await readSchemas(join(import.meta.dirname, '../../schemas'))
const keys = leaves(schemas)

/** `vm.cpus`, 2 → a file that says just that. */
function fileWith(path: string, value: unknown): string {
  const [top = '', ...rest] = path.split('.')
  const inner = rest.reduceRight<unknown>((nested, key) => ({ [key]: nested }), value)
  return stringify({ apiVersion: 'desktop/v1', [top]: inner })
}

test('every key of the schema has a row in the effect table, and no row is without a key', () => {
  expect(Object.keys(effects).sort()).toEqual([...keys.keys()].sort())
})

test('the table and the schema name the same defaults', () => {
  for (const [path, { default: value }] of keys) {
    if (value !== undefined) expect([path, parse(effects[path]?.default ?? '')]).toEqual([path, value])
  }
})

const defaults = Object.entries(effects).flatMap(([path, row]) =>
  row.default === undefined || path === 'name' ? [] : [[path, row.default] as const],
)

test.each(defaults)('%s: writing the default %s means the same as leaving the key out', (path, text) => {
  expect(parsed(fileWith(path, parse(text)))).toEqual(parsed('apiVersion: desktop/v1\n'))
})

/** A value that is not the default, for each key that decides something by itself. */
const others: Readonly<Record<string, unknown>> = {
  name: 'other',
  'vm.cpus': 3,
  'vm.memory': '3GiB',
  'vm.disk': '30GiB',
  'vm.accelerator': 'tcg',
  'vm.suspendOnStop': false,
  'network.subnet': '10.9.0.0/24',
  'network.gateway': '192.168.65.2',
  'network.address': '192.168.65.4',
  'network.host': '192.168.65.5',
  'network.mtu': 1500,
  'network.dns.upstreams': ['10.0.0.53'],
  'network.dns.hosts': { 'a.test': '10.0.0.1' },
  'network.dns.split': [{ domain: 'corp.example', servers: ['10.0.0.53'] }],
  'network.dns.search': ['corp.example'],
  'network.dns.cache.max': 5,
  'network.dns.cache.minTTL': '5s',
  'network.dns.cache.maxTTL': '5m',
  ports: ['80:80'],
  'publish.containers': false,
  'publish.bind': '0.0.0.0',
  'engine.config': { debug: true },
  'engine.registryMirrors': ['http://mirror.test:5000'],
  'engine.insecureRegistries': ['registry.test:5000'],
  'engine.addressPools': [{ base: '172.18.0.0/16', size: 24 }],
  'engine.proxies.http': 'http://proxy.test:3128',
  'engine.proxies.https': 'http://proxy.test:3128',
  'engine.proxies.noProxy': 'localhost',
  'engine.socket': '/run/x/docker.sock',
  'engine.context': true,
  'guest.sysctl': { 'vm.max_map_count': 262_144 },
}
/** They say which files and tools go together or what is forbidden, not what the environment is; there is one driver. */
const withoutMeaning = ['apiVersion', 'requiredVersion', 'extends', 'vm.driver', 'policy']

test.each(Object.keys(effects).filter((path) => !withoutMeaning.includes(path)))(
  '%s changes what is desired',
  (path) => {
    expect(parsed(fileWith(path, others[path]))).not.toEqual(parsed('apiVersion: desktop/v1\n'))
  },
)

test('a reload key of daemon.json either has a neutral value or is reset by a reload without it', () => {
  for (const [key, { effect, neutral, resets }] of Object.entries(daemonKeys)) {
    const safe = (neutral !== undefined) !== (resets === true)
    expect([key, effect === 'reload' ? safe : neutral === undefined && resets === undefined]).toEqual([
      key,
      true,
    ])
  }
})
