/**
 * The effective configuration as seen by policy rules: the keys of desktop.yaml with all defaults, and one canonical
 * spelling, so that rules cannot be evaded by an alternative spelling.
 */
import { parse } from 'yaml'
import type { Desired, JsonValue, PortMapping } from '../desired.ts'
import { effects } from '../effects.ts'
import { daemonKeys } from '../generated/daemon-keys.ts'
import { networkAsWritten } from '../ipv6-network.ts'
import { ownKeys } from '../origins.ts'
import { formatBytes } from '../units.ts'

export function policyDocument(desired: Desired, written: JsonValue = {}): JsonValue {
  return over(asWritten(written), inEffect(desired))
}

/** Fills in defaults; for keys with only one spelling, this is enough. */
function asWritten(written: JsonValue): JsonValue {
  return Object.entries(effects).reduce<JsonValue>((document, [key, row]) => {
    const path = key.split('.')
    const value = path.reduce<JsonValue | undefined>(
      (inner, step) => (isMap(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined),
      written,
    )
    const known = value ?? (row.default === undefined ? undefined : (parse(row.default) as JsonValue))
    if (known === undefined || unseen.has(key)) return document
    return over(
      document,
      path.reduceRight<JsonValue>((inner, step) => ({ [step]: inner }), known),
    )
  }, {})
}

type Values = { [key: string]: JsonValue }

const isMap = (value: JsonValue | undefined): value is Values =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Merges maps; replaces anything else. */
function over(base: JsonValue, top: JsonValue): JsonValue {
  if (!isMap(base) || !isMap(top)) return top
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(top)) {
    const below = merged.get(key)
    merged.set(key, below === undefined ? value : over(below, value))
  }
  return Object.fromEntries(merged)
}

/** Values that have several spellings or derive from other keys. */
function inEffect(desired: Desired): JsonValue {
  const { name, vm, network, dns, egress, ports, publish, names, engine, guest } = desired
  const { cache } = dns
  return {
    name,
    vm: {
      cpus: vm.cpus,
      memory: formatBytes(vm.memoryBytes),
      disk: formatBytes(vm.diskBytes),
      accelerator: vm.accelerator,
      aslr: vm.aslr,
      qemu: vm.qemu,
      suspendOnStop: vm.suspendOnStop,
    },
    network: {
      ...networkAsWritten(network),
      dns: {
        upstreams: [...dns.upstreams],
        hosts: { ...dns.hosts },
        split: dns.split.map(({ domain, servers }) => ({ domain, servers: [...servers] })),
        search: [...dns.search],
        cache: { max: cache.max, minTTL: `${cache.minTtlSeconds}s`, maxTTL: `${cache.maxTtlSeconds}s` },
      },
      egress: {
        ...(egress.preset === undefined ? {} : { preset: egress.preset }),
        default: egress.default,
        rules: [...egress.rules],
      },
    },
    ports: ports.map(portOf),
    publish: { ...publish },
    names: { ...(names.http && { http: names.http }), ...(names.https && { https: names.https }) },
    engine: {
      config: { ...engine.daemon },
      ...Object.fromEntries(
        Object.entries(ownKeys).flatMap(([key, own]) => {
          const value = engine.daemon[key]
          return value === undefined ? [] : [[own, own === 'proxies' ? proxiesOf(value) : value]]
        }),
      ),
      ...(engine.socket === undefined ? {} : { socket: engine.socket }),
      context: engine.context,
    },
    guest: { sshAgent: guest.sshAgent, platforms: [...guest.platforms], sysctl: { ...guest.sysctl } },
  }
}

/** Port fields in the policy document; a range becomes one port per number. */
const portFields = ['name', 'protocol', 'address', 'port', 'path', 'guest', 'guestPort'] as const

function portOf({
  id,
  protocol,
  listen,
  guest,
}: PortMapping): Record<(typeof portFields)[number], JsonValue> {
  const inet = listen.kind === 'inet'
  return {
    name: id,
    protocol,
    address: inet ? listen.address : null,
    port: inet ? listen.port : null,
    path: inet ? null : listen.path,
    guest: guest.address,
    guestPort: guest.port,
  }
}

const proxyNames: Readonly<Record<string, string>> = {
  'http-proxy': 'http',
  'https-proxy': 'https',
  'no-proxy': 'noProxy',
}

const proxiesOf = (value: JsonValue): JsonValue =>
  Object.fromEntries(
    Object.entries(value ?? {}).map(([key, inner]) => [proxyNames[key] ?? key, inner as JsonValue]),
  )

/** Keys that control how files are read, absent from the effective configuration. */
const unseen: ReadonlySet<string> = new Set(['apiVersion', 'requiredVersion', 'extends', 'policy'])

/** All paths that rules can use; `open`: maps and lists with arbitrary content. */
export const policyKeys: readonly { path: readonly string[]; open: boolean }[] = [
  ...Object.entries(effects)
    .filter(([key]) => !unseen.has(key))
    .map(([key, row]) => ({
      path: key.split('.'),
      open:
        !['ports', 'engine.config'].includes(key) &&
        (/^[[{]/.test(row.default ?? '') || key === 'engine.addressPools'),
    })),
  { path: ['hosts', '*', 'ssh'], open: false },
  ...portFields.map((field) => ({ path: ['ports', '*', field], open: false })),
  ...Object.keys(daemonKeys).map((key) => ({ path: ['engine', 'config', key], open: true })),
]
