import { expect, test } from 'vitest'
import { openersOf, parseConntrack, parseTracked } from '../../../src/supervisor/network/conntrack.ts'

const outgoing =
  'ipv4     2 tcp      6 431999 ESTABLISHED src=172.17.0.2 dst=203.0.113.7 sport=40000 dport=443 src=203.0.113.7 dst=192.168.65.3 sport=443 dport=40123 [ASSURED] mark=0 zone=0 use=2'

test('a connection that a container opened has its address, by the port that NAT gave it', () => {
  expect([...parseConntrack(outgoing)]).toEqual([['tcp 192.168.65.3:40123 203.0.113.7:443', '172.17.0.2']])
})

test('a UDP socket has it whatever it sent to, and IPv6 has brackets', () => {
  const lines = [
    'ipv4 2 udp 17 19 src=172.17.0.3 dst=9.9.9.9 sport=5000 dport=53 src=9.9.9.9 dst=192.168.65.3 sport=53 dport=5001 mark=0',
    'ipv6 10 tcp 6 9 ESTABLISHED src=fd01:0000:0000:0000:0000:0000:0000:0002 dst=2001:0db8:0000:0000:0000:0000:0000:0001 sport=1 dport=2 src=2001:0db8:0000:0000:0000:0000:0000:0001 dst=fd00:0000:0000:0000:0000:0000:0000:0003 sport=2 dport=3 use=1',
  ]
  expect([...parseConntrack(lines.join('\n'))]).toEqual([
    ['udp 192.168.65.3:5001', '172.17.0.3'],
    ['tcp [fd00::3]:3 [2001:db8::1]:2', 'fd01::2'],
  ])
})

test('a refused connection over IPv6 has its sender, although the kernel prints addresses with all zeros', () => {
  const far = '2001:0db8:0000:0000:0000:0000:0000:0001'
  const vm = 'fd00:0000:0000:0000:0000:0000:0000:0003'
  const line = `ipv6     10 tcp      6 9 CLOSE src=fd01:0000:0000:0000:0000:0000:0000:0002 dst=${far} sport=1 dport=80 src=${far} dst=${vm} sport=80 dport=3 mark=0`
  const refused = { protocol: 'tcp', guest: 'fd00::3', address: '2001:db8::1', port: 80 } as const
  expect(openersOf(parseTracked(line), { ...refused, guestPort: undefined })).toEqual(['fd01::2'])
})

test.each([
  ['the VM itself', outgoing.replace('src=172.17.0.2', 'src=192.168.65.3')],
  ['another protocol', outgoing.replace('tcp', 'icmp')],
  ['half a line', outgoing.slice(0, 100)],
  ['nothing', ''],
])('%s names no container', (_what, text) => {
  expect(parseConntrack(text).size).toBe(0)
})

test.each([
  ['empty lines', '\n'.repeat(24_000_000)],
  ['one endless line', 'ipv4 2 tcp 6 9 CLOSE src='.repeat(960_000)],
  ['lines that look like the start of one', `ipv4 2 tcp 6 ${'src=a '.repeat(80)}\n`.repeat(50_000)],
])('24 MB of %s cost no more than a look at them', (_what, text) => {
  const before = process.memoryUsage().heapUsed
  expect([parseConntrack(text).size, parseTracked(text).length]).toEqual([0, 0])
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 2 ** 20)
})
