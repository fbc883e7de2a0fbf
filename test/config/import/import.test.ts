import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { importDocument } from '../../../src/cli/views/import.ts'
import type { Desired } from '../../../src/config/desired.ts'
import { importSettings, type Tool } from '../../../src/config/import/import.ts'
import { configOf } from '../../../src/config/load.ts'
import { settings } from '../../support/config/foreign-settings.ts'

const sample = (file: string): { file: string; text: string } => ({
  file,
  text: readFileSync(join(import.meta.dirname, 'samples', file), 'utf8'),
})
const imported = (tool: Tool, ...files: { file: string; text: string }[]) =>
  importSettings({ tool, name: 'web', files })
const valid = (text: string): Desired =>
  configOf({ file: 'desktop.yaml', path: '/web/desktop.yaml', text, env: {} })
const GiB = 2 ** 30

describe('Docker Desktop', () => {
  const { text, draft } = imported('docker-desktop', sample('settings.json'), sample('daemon.json'))

  test('sizes, network, names, proxies and daemon.json are taken over', () => {
    const { vm, network, dns, engine } = valid(text)
    expect(vm).toMatchObject({ cpus: 6, memoryBytes: 8 * GiB, diskBytes: 61_035 * 2 ** 20 })
    expect(network.subnet).toBe('192.168.70.0/24')
    expect(dns.upstreams).toEqual(['10.0.0.53'])
    expect(engine.daemon).toMatchObject({
      proxies: { 'http-proxy': 'http://proxy.corp.example:3128', 'no-proxy': 'localhost,.corp.example' },
      'registry-mirrors': ['https://mirror.corp.example'],
      'insecure-registries': ['registry.test:5000'],
      builder: { gc: { defaultKeepStorage: '20GB', enabled: true } },
      'log-driver': 'local',
    })
  })

  test('what each value was stands beside it', () => {
    expect(text).toContain('  memory: 8GiB # memoryMiB: 8192\n')
    expect(text).toContain('      - 10.0.0.53 # dns: 10.0.0.53\n')
  })

  test('a setting without counterpart is reported with the reason, in the file too', () => {
    const reasons = Object.fromEntries(draft.left.map(({ from, reason }) => [from, reason]))
    expect(reasons.kubernetesEnabled).toContain('no Kubernetes')
    expect(reasons.hosts).toContain('cannot be set')
    expect(reasons['storag-driver']).toContain('did you mean "storage-driver"?')
    for (const from of Object.keys(reasons)) expect(text).toContain(`#   ${from}: `)
    expect(draft.ignored).toEqual(
      expect.arrayContaining(['analyticsEnabled', 'licenseTermsVersion', 'vpnKitMTU']),
    )
  })

  test('a password is neither taken over nor shown', () => {
    expect(draft.left.find(({ from }) => from === 'overrideProxyHttps')?.reason).toContain('fromEnv')
    expect(text + JSON.stringify(importDocument(draft, undefined, text))).not.toContain('secret')
  })

  test('the store of later versions, which begins its names with capitals, says the same', () => {
    const later = imported('docker-desktop', sample('settings-store.json'))
    expect(valid(later.text).vm).toMatchObject({ cpus: 4, memoryBytes: 6 * GiB })
    expect(valid(later.text).engine.daemon.features).toEqual({ 'containerd-snapshotter': true })
    expect(later.draft.left.map(({ from }) => from)).toEqual(['ExposeDockerAPIOnTCP2375'])
  })

  test('settings of an administrator are taken out of their wrapping', () => {
    const admin = {
      configurationFileVersion: 2,
      linuxVM: {
        wslEngineEnabled: { locked: false, value: false },
        dockerDaemonOptions: { locked: false, value: '{"debug": true}' },
        vpnkitCIDR: { locked: true, value: '10.9.0.0/24' },
      },
      proxy: { locked: true, mode: 'manual', http: 'http://proxy.test:3128', https: '', exclude: '' },
    }
    const { network, engine } = valid(
      imported('docker-desktop', { file: 'a', text: JSON.stringify(admin) }).text,
    )
    expect(network.subnet).toBe('10.9.0.0/24')
    expect(engine.daemon).toMatchObject({ debug: true, proxies: { 'http-proxy': 'http://proxy.test:3128' } })
  })

  test('proxies that are not in force there are not here either', () => {
    const settings = { proxyHttpMode: 'system', overrideProxyHttp: 'http://old.test:3128' }
    const { text, draft } = imported('docker-desktop', { file: 's', text: JSON.stringify(settings) })
    expect(valid(text).engine.daemon.proxies).toBeUndefined()
    expect(draft.left.map(({ from }) => from)).toEqual(['proxyHttpMode'])
  })
})

describe('Lima', () => {
  const { text, draft } = imported('lima', sample('lima.yaml'))

  test('sizes, ports, names and proxies are taken over', () => {
    const { vm, ports, dns, engine } = valid(text)
    expect(vm).toMatchObject({ cpus: 4, memoryBytes: 6 * GiB, diskBytes: 80 * GiB })
    expect(ports.map(({ id }) => id).slice(0, 4)).toEqual([
      'tcp/127.0.0.1:8080',
      'tcp/0.0.0.0:5353',
      'udp/0.0.0.0:5353',
      'tcp/127.0.0.1:4000',
    ])
    expect(ports).toHaveLength(13)
    expect(dns.hosts).toEqual({
      'registry.test': '192.168.65.254',
      'db.test': '10.1.2.3',
      'host.lima.internal': '192.168.65.254',
    })
    expect(engine.daemon.proxies).toEqual({ 'http-proxy': 'http://proxy.test:3128' })
  })

  test('folders are shared where they are on the host, the home folder by its path', () => {
    vi.stubEnv('HOME', '/home/ada')
    const { text } = imported('lima', sample('lima.yaml'))
    vi.unstubAllEnvs()
    expect(parse(text).shares).toEqual([
      { source: '/home/ada', target: '/home/ada', writable: false },
      { source: '/srv/data', target: '/srv/data', writable: true },
    ])
  })

  test('scripts, variables and rules for every port are left, keys that are null say nothing', () => {
    const left = draft.left.map(({ from }) => from)
    expect(left).toEqual(
      expect.arrayContaining([
        'provision',
        'env.TZ',
        'portForwards[3]',
        'portForwards[4]',
        'portForwards[5]',
        'mounts[2]',
      ]),
    )
    expect(draft.ignored).toEqual(expect.arrayContaining(['vmType', 'arch', 'images', 'containerd']))
  })

  test.each([
    ['4GiB', 4 * GiB],
    ['4G', 4 * GiB],
    ['2048MiB', 2 * GiB],
    ['2048m', 2 * GiB],
    [4_294_967_296, 4 * GiB],
  ])('memory %s is read as Lima reads it', (memory, bytes) => {
    expect(valid(imported('lima', { file: 'l', text: stringify({ memory }) }).text).vm.memoryBytes).toBe(
      bytes,
    )
  })
})

describe('Colima', () => {
  const { text, draft } = imported('colima', sample('colima.yaml'))

  test('sizes, names, daemon.json and the context are taken over', () => {
    const { vm, dns, engine } = valid(text)
    expect(vm).toMatchObject({ cpus: 4, memoryBytes: 7.5 * GiB, diskBytes: 100 * GiB })
    expect(dns).toMatchObject({ upstreams: ['1.1.1.1', '8.8.8.8'], hosts: { 'example.com': '1.2.3.4' } })
    expect(engine).toMatchObject({ context: true, daemon: { 'insecure-registries': ['registry.test:5000'] } })
  })

  test('a setting without counterpart is skipped', () => {
    expect(draft.left.map(({ from }) => from)).toEqual(
      expect.arrayContaining(['network.address', 'env.KEY', 'provision']),
    )
  })
})

test.each(['[1, 2]', '"text"', '{', 'a: [', 'x: &a [*a]'])('%s is refused', (text) => {
  for (const tool of ['docker-desktop', 'lima', 'colima'] as const)
    expect(() => imported(tool, { file: 'f', text })).toThrow(
      expect.objectContaining({ code: 'import/unreadable' }),
    )
})

test('for any settings the resulting file is valid, contains only imported settings, and omits none silently', () => {
  fc.assert(
    fc.property(fc.constantFrom('docker-desktop', 'lima', 'colima' as const), settings, (tool, given) => {
      const { text, draft } = imported(tool, { file: 'settings', text: JSON.stringify(given) })
      valid(text)
      // Comments have no part in it, and variables are none.
      expect(parse(text.replaceAll('$${', '${'))).toEqual(
        JSON.parse(JSON.stringify(draft.file).replaceAll('$${', '${')),
      )
      const told = [...[...draft.taken, ...draft.left].map(({ from }) => from), ...draft.ignored]
      for (const key of Object.keys(JSON.parse(JSON.stringify(given))))
        expect(
          told.some((from) => from === key || from.startsWith(`${key}.`) || from.startsWith(`${key}[`)),
          key,
        ).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['docker-desktop', { memoryMiB: { toString: {} }, vpnKitDNSServer: [{ valueOf: 1, toString: 2 }] }],
  [
    'lima',
    {
      memory: { toString: {} },
      portForwards: [
        { guestIP: { toString: {} }, guestPort: { toString: {} }, hostPortRange: [{ toString: {} }, 2] },
      ],
    },
  ],
  ['colima', { memory: { toString: {} }, mounts: [{ location: { toString: {} } }] }],
] as const)('a map with a key named toString does not stop the import from %s', (tool, given) => {
  valid(imported(tool, { file: 'settings', text: JSON.stringify(given) }).text)
})
