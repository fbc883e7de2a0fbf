import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { hostListeners, parseSocketTable } from '../../src/observe/listeners.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1\n`

test('a TCP socket counts only while it listens, a UDP socket always', () => {
  const text = head + row('0100007F:2328', '0A') + row('0100007F:2329', '01')
  expect(parseSocketTable(text, 'tcp')).toEqual([{ protocol: 'tcp', address: '127.0.0.1', port: 9000 }])
  expect(parseSocketTable(head + row('00000000:0035', '07'), 'udp')).toEqual([
    { protocol: 'udp', address: '0.0.0.0', port: 53 },
  ])
})

test.each([
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000001000000', '::1'],
  ['0000000000000000FFFF00000100007F', '127.0.0.1'],
])('IPv6 address %s is %s', (hex, address) => {
  expect(parseSocketTable(head + row(`${hex}:0050`, '0A'), 'tcp')[0]?.address).toBe(address)
})

test('a real listener of this host is found', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const seen = await hostListeners()
  server.close()
  expect(seen).toMatchObject({
    state: 'present',
    value: expect.arrayContaining([{ protocol: 'tcp', address: '127.0.0.1', port }]),
  })
})

test('a system without the tables is unknown, not free of listeners', async () => {
  expect((await hostListeners('/nonexistent')).state).toBe('unknown')
})
