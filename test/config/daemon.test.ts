import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffDaemon, withNeutral } from '../../src/config/daemon/diff.ts'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'

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

test('a reload key without a neutral value can only be added by reload', () => {
  const runtimes = { crun: { path: 'crun' } }
  expect(diffDaemon({}, { runtimes })).toMatchObject([{ effect: 'reload' }])
  expect(diffDaemon({ runtimes }, {})).toMatchObject([{ effect: 'restart-engine' }])
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
