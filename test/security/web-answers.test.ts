/** A container's web server says anything to the proxy by name: the answer is refused, in little memory and time. */
import { expect, test } from 'vitest'
import { type AnswerHead, AnswerReader } from '../../src/names/answer.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`

function answer(text: string, repeated = ''): AnswerHead[] {
  const heads: AnswerHead[] = []
  const events = { head: (head: AnswerHead) => void heads.push(head), body: () => {} }
  const reader = new AnswerReader({ method: 'GET', isUpgrade: false }, events)
  reader.read(Buffer.from(text, 'latin1'))
  const piece = Buffer.from(repeated, 'latin1')
  // 64 MiB, which stands for no end.
  for (let sent = 0; piece.length > 0 && sent < 2 ** 26; sent += piece.length) reader.read(piece)
  return heads
}

test.each([
  ['a NUL in a header', `${ok}A: \0\r\n\r\n`],
  ['an escape sequence in a header', `${ok}A: \x1b[2J\r\n\r\n`],
  ['a header of two lines', `${ok}A: b\r\n c\r\n\r\n`],
  ['a space before the colon', `${ok}Content-Length : 3\r\n\r\n`],
  ['a header without a name', `${ok}: 3\r\n\r\n`],
  ['a line that ends without a carriage return', `${ok}A: b\n\r\n`],
  ['a length with a sign', `${ok}Content-Length: +3\r\n\r\n`],
  ['a length below zero', `${ok}Content-Length: -1\r\n\r\n`],
  ['a length in hexadecimal', `${ok}Content-Length: 0x10\r\n\r\n`],
  ['a length of 20 digits', `${ok}Content-Length: ${'9'.repeat(20)}\r\n\r\n`],
  ['two lengths', `${ok}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`],
  ['two lengths in a line', `${ok}Content-Length: 3, 4\r\n\r\n`],
  ['a coding over chunks', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ['chunks twice', `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['chunks that are none', `${ok}Transfer-Encoding: xchunked\r\n\r\n`],
  ['the size of a chunk with a sign', `${chunked}-1\r\n`],
  ['the size of a chunk beyond what a number holds', `${chunked}${'f'.repeat(16)}\r\n`],
  ['a chunk that is longer than its size', `${chunked}1\r\nab\r\n`],
  ['a chunk without a size', `${chunked}\r\n`],
  ['a status of 099', 'HTTP/1.1 099 x\r\n\r\n'],
  ['a status of 600', 'HTTP/1.1 600 x\r\n\r\n'],
  ['a version that was not asked for', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['another protocol that nobody asked for', 'HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n'],
  ['no status at all', 'SSH-2.0-x\r\n'],
])('%s is refused', (_what, text) => {
  expect(() => answer(text)).toThrow('malformed')
})

test.each([
  ['a status line', 'HTTP/1.1 200 ', 'x'.repeat(1_000)],
  ['a header', `${ok}A: `, 'x'.repeat(1_000)],
  ['headers', ok, 'A: b\r\n'.repeat(100)],
  ['interim answers', '', 'HTTP/1.1 103 Early\r\nLink: x\r\n\r\n'.repeat(50)],
  ['interim answers of a line', '', 'HTTP/1.1 100 x\r\n\r\n'.repeat(50)],
  ['a size of a chunk', `${chunked}1;`, 'x'.repeat(1_000)],
  ['trailers', `${chunked}0\r\n`, 'A: b\r\n'.repeat(100)],
])('%s that never end are refused after 64 KiB', (_what, begin, repeated) => {
  expect(() => answer(begin, repeated)).toThrow('the head of the answer is too long')
})

test('a head of 13,000 lines of one name is read in time that is linear', () => {
  const began = process.cpuUsage()
  const text = `${ok}${'a: \r\n'.repeat(13_000)}\r\n`
  for (let i = 0; i < 20; i += 1) expect(answer(text)[0]?.headers.a).toHaveLength(13_000)
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1e6).toBeLessThan(3)
})
