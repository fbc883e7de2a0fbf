import { expect, test } from 'vitest'
import { whyNotApplicable } from '../freebsd-classes.ts'
import { readScript } from './read-script.ts'

test('times, packets, calls, commands and code are read; comments and other branches are not', () => {
  const script = readScript(`
// a comment
--ip_version=ipv6
--tolerance_usecs=75000
/* two
   lines */
 0.00 \`sysctl -w net.inet.tcp.blackhole=0\`
+0.10 < S. 0:3(3) ack 1 win 32767 <mss 1440,nop,wscale 6,sackOK,TS val 1 ecr 2,sack 1:2 3:4> // behind
*     > R 7:7(0)! win 0
#ifdef OTHER
+1 > . 1:1(0) ack 1
#else
+1.5...2.5 connect(3, ..., [1, 2]) = -1 ETIMEDOUT (Operation timed out)
#endif
2.0 < icmp unreachable frag_needed mtu 1234 [1:1461(1460)]
+0 %{ assert
  a == 1 }%
`)
  expect(script).toMatchObject({ family: 6, toleranceS: 0.075, mtu: undefined })
  expect(script.events).toMatchObject([
    { line: 7, due: { kind: 'at', seconds: 0 }, kind: 'command', text: 'sysctl -w net.inet.tcp.blackhole=0' },
    {
      due: { kind: 'after', seconds: 0.1 },
      kind: 'inject',
      packet: {
        flags: 'SA',
        sequence: 0,
        length: 3,
        ack: 1,
        window: 32_767,
        options: [
          { kind: 'mss', value: 1440 },
          { kind: 'nop' },
          { kind: 'wscale', value: 6 },
          { kind: 'sackOK' },
          { kind: 'TS', value: 1, echo: 2 },
          {
            kind: 'sack',
            blocks: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      },
    },
    { due: { kind: 'any' }, kind: 'expect', packet: { flags: 'R', sequence: 7, isAbsolute: true } },
    {
      due: { kind: 'after', seconds: 1.5 },
      kind: 'call',
      call: { name: 'connect', args: ['3', '...', '[1, 2]'], result: -1, error: 'ETIMEDOUT' },
    },
    {
      due: { kind: 'at', seconds: 2 },
      kind: 'inject',
      packet: { protocol: 'icmp', mtu: 1234, quotedSequence: 1 },
    },
    { kind: 'code', text: 'assert\n  a == 1' },
  ])
})

test.each([
  ['+0 > X 0:0(0)', 'line 1: no packet: X 0:0(0)'],
  ['+0 > . 0:5(4) ack 1', 'line 1: 0:5 are not 4 bytes'],
  ['+0 what is this', 'line 1: neither a packet nor a call: what is this'],
  ['+0 `sleep 1', 'line 1: not closed: +0 `sleep 1'],
])('%s cannot be read, and the error has its line', (text, message) => {
  expect(() => readScript(text)).toThrow(message)
})

test('a script that changes a kernel variable from its usual value does not apply, one that states it does', () => {
  const of = (value: number) => readScript(`+0 \`sysctl -w net.inet.tcp.insecure_rst=${value}\``)
  expect(whyNotApplicable('state-event-engine/x.pkt', of(1))).toContain('RFC 5961')
  expect(whyNotApplicable('state-event-engine/x.pkt', of(0))).toBeUndefined()
})
