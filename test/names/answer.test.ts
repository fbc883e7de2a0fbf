import { expect, test } from 'vitest'
import { type AnswerHead, AnswerReader } from '../../src/names/answer.ts'

interface Read {
  heads: AnswerHead[]
  body: string
  taken: number
  reader: AnswerReader
}

/** Reads an answer in pieces of so many bytes. */
function read(text: string, pieceBytes = text.length, asked = { method: 'GET', isUpgrade: false }): Read {
  const heads: AnswerHead[] = []
  let body = ''
  const reader = new AnswerReader(asked, {
    head: (head) => void heads.push(head),
    body: (bytes) => {
      body += bytes.toString('latin1')
    },
  })
  const bytes = Buffer.from(text, 'latin1')
  let taken = 0
  while (taken < bytes.length && !reader.isDone)
    taken += reader.read(bytes.subarray(taken, taken + pieceBytes))
  return { heads, body, taken, reader }
}

const ok = 'HTTP/1.1 200 OK\r\n'

test.each([1, 2, 3, 7, 1000])('an answer is the same in pieces of %i bytes', (pieceBytes) => {
  const text = `${ok}Set-Cookie: a=1\r\nset-cookie:\t b=2 \r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n`
  const { heads, body, taken, reader } = read(text, pieceBytes)
  expect(heads).toMatchObject([{ status: 200, reason: 'OK', headers: { 'set-cookie': ['a=1', 'b=2'] } }])
  expect([body, taken, reader.isDone, reader.keepsAlive]).toEqual(['hello!', text.length, true, true])
})

test.each([
  ['a length', `${ok}Content-Length: 3\r\n\r\n`, 'abc', true],
  ['two equal lengths', `${ok}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`, 'abc', true],
  ['no body at all', `${ok}Content-Length: 0\r\n\r\n`, '', true],
  ['"close"', `${ok}Content-Length: 3\r\nConnection: x, Close\r\n\r\n`, 'abc', false],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n', 'abc', false],
  [
    'HTTP/1.0 that is kept',
    'HTTP/1.0 200\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n',
    'abc',
    true,
  ],
  ['a status without a body', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', '', true],
  [
    'informational ones before it',
    `HTTP/1.1 103 Early\r\nLink: x\r\n\r\n${ok}Content-Length: 3\r\n\r\n`,
    'abc',
    true,
  ],
])('an answer with %s ends where it says', (_, head, expected, isKept) => {
  const { heads, body, taken, reader } = read(`${head}${expected}surplus`)
  expect(heads).toHaveLength(1)
  expect([body, taken]).toEqual([expected, head.length + expected.length])
  expect([reader.isDone, reader.keepsAlive]).toEqual([true, isKept])
})

test('an answer to HEAD has no body, whatever its length says', () => {
  const { body, reader } = read(`${ok}Content-Length: 3\r\n\r\n`, 1000, { method: 'HEAD', isUpgrade: false })
  expect([body, reader.isDone]).toEqual(['', true])
})

test('an answer with neither length nor coding ends with the connection', () => {
  const { body, reader } = read(`${ok}\r\nabc`)
  expect([body, reader.isDone, reader.keepsAlive]).toEqual(['abc', false, false])
  reader.end()
  expect(reader.isDone).toBe(true)
})

test('a connection that ends before the answer does is an error', () => {
  expect(() => read(`${ok}Content-Length: 3\r\n\r\nab`).reader.end()).toThrow('before the end of its answer')
  expect(() => read('HTTP/1.1 2').reader.end()).toThrow('before the end of its answer')
})

test('an answer that has a length and is chunked is chunked, and its connection is not used again', () => {
  const text = `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`
  const { heads, body, reader } = read(text)
  expect([body, reader.isDone, reader.keepsAlive]).toEqual(['abc', true, false])
  expect(heads[0]?.headers).not.toHaveProperty('content-length')
})

test.each([
  ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
  ['a bare line feed', 'HTTP/1.1 200 OK\nA: b\r\n\r\n'],
  ['a line break in a value', `${ok}A: b\rc\r\n\r\n`],
  ['a space before the colon', `${ok}Content-Length : 3\r\n\r\n`],
  ['a folded line', `${ok}A: b\r\n c\r\n\r\n`],
  ['a header without a colon', `${ok}abc\r\n\r\n`],
  ['lengths that differ', `${ok}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`],
  ['a length with a sign', `${ok}Content-Length: +3\r\n\r\n`],
  ['another coding', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ['a size that is no number', `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
  ['a chunk that is longer than it says', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`],
  ['a protocol that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['a status that does not exist', 'HTTP/1.1 700 Odd\r\n\r\n'],
  ['a head without an end', `${ok}A: ${'b'.repeat(70_000)}`],
])('an answer with %s is refused', (_, text) => {
  expect(() => read(text)).toThrow(/malformed|too long/)
})

test('a protocol that was asked for takes over behind the head', () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'
  const { reader, taken } = read(`${head}first`, 1000, { method: 'GET', isUpgrade: true })
  expect([reader.isSwitched, taken]).toEqual([true, head.length])
})
