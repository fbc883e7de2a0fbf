import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffDaemon, withNeutral } from '../../src/config/daemon/diff.ts'
import type { JsonValue } from '../../src/config/desired.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from './arbitrary.ts'

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
