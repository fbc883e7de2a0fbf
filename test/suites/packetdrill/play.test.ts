import { expect, test } from 'vitest'
import { LabSubject } from './lab-subject.ts'
import { play } from './play.ts'
import { readScript } from './read-script.ts'

const opening = `
0.0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460,sackOK>
+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>
+0.01 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
`

async function reasonOf(...lines: string[]): Promise<string> {
  const script = readScript(`${opening}${lines.join('\n')}`)
  const outcome = await play(script, new LabSubject(script.family))
  return outcome.isPassed ? 'passed' : outcome.reason
}

test.each([
  ['the flags', '+0 > F. 1:11(10) ack 1', 'flags A instead of AF'],
  ['the sequence number', '+0 > P. 2:12(10) ack 1', 'sequence 1 instead of 2'],
  ['the length', '+0 > P. 1:10(9) ack 1', 'length 10 instead of 9'],
  ['the acknowledgment', '+0 > P. 1:11(10) ack 2', 'ack 1 instead of 2'],
  ['a closed window', '+0 > P. 1:11(10) ack 1 win 0', 'open window true instead of false'],
  ['a SACK block', '+0 > P. 1:11(10) ack 1 <nop,nop,sack 2:3>', 'SACK  instead of 2:3'],
  ['nothing', '+0 > P. 1:11(10) ack 1 win 1', 'passed'],
])('a script that differs from the stack in %s says so', async (_what, line, reason) => {
  expect(await reasonOf('+0 send(4, ..., 10, 0) = 10', line)).toBe(reason)
})

test('a segment that does not come, comes too early, or was not expected fails the script', async () => {
  expect(await reasonOf('+0 > P. 1:11(10) ack 1')).toBe('no segment')
  expect(await reasonOf('+0 send(4, ..., 10, 0) = 10', '+1 > P. 1:11(10) ack 1')).toBe('1.000 s too early')
  const lines = ['+0 < P. 5:15(10) ack 1 win 100', '+0 send(4, ..., 10, 0) = 10', '+0 > P. 1:11(10) ack 1']
  expect(await reasonOf(...lines)).toContain('length 0 instead of 10')
})

test.each([
  ['recv', '+0 recv(4, ..., 10, 0) = 5', 'recv gives again instead of 5'],
  [
    'SO_ERROR',
    '+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0',
    "no error on the host's socket",
  ],
  ['accept', '+0 accept(3, ..., ...) = 5', 'no connection to accept'],
  ['a state', '+0 %{ assert tcpi_state == TCPI_CLOSING }%', 'ESTABLISHED instead of CLOSING'],
  ['a count of states', '+0 `sockstat | grep -c TIME_WAIT | grep 1`', '0 in TIME-WAIT: ESTABLISHED'],
  ['an unknown call', '+0 poll(4) = 1', 'unknown call poll'],
])('a wrong result of %s fails the script', async (_what, line, reason) => {
  expect(await reasonOf(line)).toBe(reason)
})

test('an ACK that its author saw delayed may come at once, but not one of another number', async () => {
  const data = ['+0 < P. 1:11(10) ack 1 win 100', '+0 < P. 31:41(10) ack 1 win 100']
  expect(await reasonOf(...data, '+0 > . 1:1(0) ack 11 <nop,nop,sack 31:41>')).toBe('passed')
  expect(await reasonOf(...data, '+0 > . 1:1(0) ack 12 <nop,nop,sack 31:41>')).not.toBe('passed')
})
