import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffDaemon, withNeutral } from '../../src/config/daemon/diff.ts'
import type { JsonValue } from '../../src/config/desired.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from '../support/config/arbitrary.ts'
import { mistakesOf } from '../support/config/mistakes.ts'
import { elsewhere, groups } from './daemon-keys.ts'

test('a removed registry mirror is reloaded as an empty list', () => {
  const before = withNeutral({ 'registry-mirrors': ['http://mirror:5000'] })
  const after = withNeutral({})
  expect(diffDaemon(before, after)).toEqual([
    { key: 'registry-mirrors', from: ['http://mirror:5000'], to: [], effect: 'reload' },
  ])
})

test('a key that dockerd does not take by SIGHUP restarts the engine', () => {
  expect(diffDaemon({}, { bip: '172.20.0.1/16' })).toMatchObject([{ key: 'bip', effect: 'restart-engine' }])
})

test('a file without the neutral value, edited by hand, needs a restart to lose a key', () => {
  expect(diffDaemon({ debug: true }, {})).toMatchObject([{ effect: 'restart-engine' }])
  const changes = diffDaemon({ debug: true }, withNeutral({}))
  expect(changes.map(({ key }) => key)).toContain('debug')
  expect(changes.filter(({ effect }) => effect !== 'reload')).toEqual([])
})

test('what a reload resets by itself is neither rendered nor a restart', () => {
  expect(withNeutral({})).not.toHaveProperty('max-concurrent-downloads')
  expect(diffDaemon({ 'max-concurrent-downloads': 9 }, {})).toMatchObject([{ effect: 'reload' }])
})

test('going from any file of desktop to any other never restarts for keys that a reload takes', () => {
  const file: fc.Arbitrary<Record<string, JsonValue>> = fc.record(
    {
      debug: fc.boolean(),
      labels: fc.constantFrom<JsonValue>([], ['a=1']),
      'live-restore': fc.boolean(),
      runtimes: fc.constantFrom<JsonValue>({}, { crun: { path: '/usr/bin/crun' } }),
      'default-shm-size': fc.constantFrom('64M', '1G'),
      features: fc.constantFrom<JsonValue>({}, { buildkit: true }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(file, file, (a, b) => {
      const changes = diffDaemon(withNeutral(a), withNeutral(b))
      expect(changes.filter(({ effect }) => effect !== 'reload')).toEqual([])
    }),
  )
})

test('equal files differ in nothing, whatever the order of their keys', () => {
  const key = fc.constantFrom(...Object.keys(daemonKeys))
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), (daemon) => {
      const clean = JSON.parse(JSON.stringify(daemon))
      const reversed = Object.fromEntries(Object.entries(clean).reverse())
      expect(diffDaemon(clean, reversed as never)).toEqual([])
    }),
  )
})

test('userland-proxy without a path, which dockerd 26.1 cannot reload, is left to its default', () => {
  const daemonOf = (config: string) =>
    parsed(`apiVersion: desktop/v1\nengine: { config: { ${config} } }\n`).engine.daemon
  expect(daemonOf('userland-proxy: true')).not.toHaveProperty('userland-proxy')
  expect(daemonOf('userland-proxy: false')).toMatchObject({ 'userland-proxy': false })
})

const daemonOf = (text: string) => parsed(`apiVersion: desktop/v1\n${text}\n`).engine.daemon

test('container networks carry packets as large as the link, less what VXLAN adds on an overlay', () => {
  const name = 'com.docker.network.driver.mtu'
  expect(daemonOf('network: { mtu: 9000 }')).toMatchObject({
    mtu: 9000,
    'default-network-opts': { bridge: { [name]: '9000' }, overlay: { [name]: '8950' } },
  })
})

test('an MTU or network options of the file stay as they are', () => {
  expect(daemonOf('engine: { config: { mtu: 1400 } }').mtu).toBe(1400)
  const opts = { bridge: { 'com.docker.network.bridge.enable_icc': 'false' } }
  const text = `engine: { config: { default-network-opts: ${JSON.stringify(opts)} } }`
  expect(daemonOf(text)['default-network-opts']).toEqual(opts)
})

test.each([
  [undefined, { 'containerd-snapshotter': true }, 'restart-engine'],
  [{ 'containerd-snapshotter': true }, {}, 'restart-engine'],
  [{ 'containerd-snapshotter': false }, {}, 'reload'],
  [{ 'containerd-snapshotter': true }, { 'containerd-snapshotter': true, buildkit: true }, 'reload'],
])('features from %j to %j take a %s', (from, to, effect) => {
  const file = (features: JsonValue | undefined) => (features === undefined ? {} : { features })
  expect(diffDaemon(file(from), file(to))).toMatchObject([{ key: 'features', effect }])
})

test.each([
  ['exec-opts: [native.cgroupdriver=systemd]', 'the guest has no systemd'],
  ['userns-remap: "1000:1000"', 'no user "1000:1000" with subordinate ids'],
  ['selinux-enabled: true', 'without SELinux'],
  ['cpu-rt-period: 1000', 'cgroup v1'],
  ['ip-forward: false', 'the guest itself forwards packets'],
  ['storage-driver: btrfs', 'its data disk is ext4'],
  ['storage-driver: overlayfs', 'cannot run the storage driver "overlayfs"'],
  ['storage-driver: overlay2, features: { containerd-snapshotter: true }', 'use one of overlayfs, native'],
  ['storage-opts: [overlay2.size=1G]', 'needs another file system than ext4'],
  ['log-driver: journald', 'no journald'],
  ['log-driver: syslog', 'no syslog daemon'],
])('%s, which the guest cannot honour, is refused with the reason', (config, reason) => {
  const mistakes = mistakesOf(() => parsed(`apiVersion: desktop/v1\nengine: { config: { ${config} } }\n`))
  expect(mistakes.join()).toContain(reason)
})

test('each key of daemon.json is set on a real engine and read back, with the effect that it has', () => {
  const rows = Object.entries(groups).flatMap(([group, keys]) => keys.map(({ key }) => ({ group, key })))
  const driven = new Set([...rows.map(({ key }) => key), ...Object.keys(elsewhere)])
  expect([...driven].sort()).toEqual(Object.keys(daemonKeys))
  for (const { group, key } of rows) {
    // Of features, containerd-snapshotter alone takes a restart.
    if (key === 'features') continue
    const effect = group === 'reload' ? 'reload' : 'restart-engine'
    expect(daemonKeys[key]?.effect, key).toBe(effect)
  }
})
