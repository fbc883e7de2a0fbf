/** The package entry `desktop/net` matches its declared types. */
import type * as declared from 'desktop/net'
import { expect, test } from 'vitest'
import * as library from '../../src/net/library.ts'

// The compiler checks that the code fits the declaration.
const entry: typeof declared = library

test('a network of the library has the declared addresses, and a forwarder for it attaches and closes', async () => {
  const network = entry.networkIn('192.168.7.0/24', 1500)
  expect(network).toMatchObject({ gateway: '192.168.7.1', address: '192.168.7.3', host: '192.168.7.254' })
  await using forwarder = new entry.Forwarder({ network })
  expect(forwarder.flows()).toEqual([])
  expect(() => forwarder.setEgress({ default: 'allow', rules: ['permit all'] })).toThrow()
})
