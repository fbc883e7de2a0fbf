import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePortRequest } from '../../src/engine/port-requests.ts'

test('each line that the guest writes is read as what it means', () => {
  expect(parsePortRequest('open 868 tcp ::1 39203 172.17.0.2 80 here')).toEqual({
    kind: 'open',
    id: 868,
    asked: {
      protocol: 'tcp',
      address: '::1',
      port: 39203,
      container: { address: '172.17.0.2', port: 80 },
      isOfHost: false,
    },
  })
  expect(parsePortRequest('close 868')).toEqual({ kind: 'close', id: 868 })
  expect(parsePortRequest('synced')).toEqual({ kind: 'synced' })
  expect(parsePortRequest('asks no')).toEqual({ kind: 'asks', asks: false })
})

test.each([
  '',
  'open',
  'open 1 tcp 0.0.0.0 80 172.17.0.2 80',
  'open 1 tcp 0.0.0.0 80 172.17.0.2 80 here more',
  'open 0 tcp 0.0.0.0 80 172.17.0.2 80 here',
  'open -1 tcp 0.0.0.0 80 172.17.0.2 80 here',
  'open 99999999 tcp 0.0.0.0 80 172.17.0.2 80 here',
  'open 1 icmp 0.0.0.0 80 172.17.0.2 80 here',
  'open 1 tcp /etc/passwd 80 172.17.0.2 80 here',
  'open 1 tcp 0.0.0.0 0 172.17.0.2 80 here',
  'open 1 tcp 0.0.0.0 65536 172.17.0.2 80 here',
  'open 1 tcp 0.0.0.0 1e3 172.17.0.2 80 here',
  'open 1 tcp 0.0.0.0 80 not-an-address 80 here',
  'open 1 tcp 0.0.0.0 80 172.17.0.2 80 there',
  'close',
  'close 1 2',
  'close x',
  'synced 1',
  'asks maybe',
  'null',
  '{"kind":"synced"}',
])('%j is not a request', (line) => {
  expect(parsePortRequest(line)).toBeUndefined()
})

test('no line makes the parser throw, and what it takes is within bounds', () => {
  const word = fc.oneof(
    fc.constantFrom('open', 'close', 'synced', 'asks', 'tcp', 'udp', '::', '127.0.0.1', 'here', '80', '0'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (words) => {
      const request = parsePortRequest(words.join(' '))
      if (request?.kind !== 'open') return
      expect(request.asked.port).toBeGreaterThan(0)
      expect(request.asked.port).toBeLessThan(65_536)
    }),
  )
})
