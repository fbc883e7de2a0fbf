/** Server names in the first bytes of a connection, from real clients and from clients that try to hide them. */
import { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { type FirstBytes, maxFirstBytes, readServerName } from '../../../src/net/egress/server-name.ts'
import { hello, records, serverName } from '../../support/net/client-hello.ts'

const text = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
const read = (bytes: Uint8Array, port = 80): FirstBytes => readServerName(bytes, port)

async function realHello(servername: string): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      resolve(chunk)
      done()
    },
  })
  const socket = connect({ socket: wire, servername, ALPNProtocols: ['h2', 'http/1.1'] })
  socket.on('error', () => {})
  const bytes = await promise
  socket.destroy()
  return bytes
}

test('the server name of a real ClientHello is read, for any chunk boundaries', async () => {
  const bytes = await realHello('www.good.test')
  expect(read(bytes)).toEqual({ kind: 'named', names: ['www.good.test'], isHidden: false })
  for (let end = 1; end < bytes.length; end += 7)
    expect(read(bytes.subarray(0, end))).toEqual({ kind: 'more' })
})

test.each([1, 2, 3, 50, 1000])('a ClientHello in records of %i bytes is reassembled', (size) => {
  const bytes = records(hello([serverName('good.test')]), size)
  expect(read(bytes)).toEqual({ kind: 'named', names: ['good.test'], isHidden: false })
})

test('an encrypted ClientHello is detected in addition to the outer name', () => {
  const bytes = records(hello([serverName('outer.test'), [0xfe0d, Buffer.alloc(200)]]))
  expect(read(bytes)).toEqual({ kind: 'named', names: ['outer.test'], isHidden: true })
})

test.each<[string, Buffer, string]>([
  ['a hello without a name', records(hello([])), 'TLS without a server name'],
  [
    'two extensions of one kind',
    records(hello([serverName('a.test'), serverName('b.test')])),
    'malformed TLS',
  ],
  ['two names in one extension', records(hello([serverName('a.test', 'b.test')])), 'malformed TLS'],
  ['a name that is an address in brackets', records(hello([serverName('[::1]')])), 'malformed TLS'],
  ['a name with a NUL', records(hello([serverName('good.test\0.evil.test')])), 'malformed TLS'],
  ['an empty name', records(hello([serverName('')])), 'malformed TLS'],
  [
    'an extension that is cut short',
    records(hello([[0, Buffer.from([0, 9, 0, 0, 6, 97])]])),
    'malformed TLS',
  ],
  ['a handshake that is no hello', records(Buffer.from([2, 0, 0, 1, 0])), 'malformed TLS'],
  ['an empty record', Buffer.from([22, 3, 1, 0, 0]), 'malformed TLS'],
  [
    'another record within the hello',
    Buffer.concat([records(hello([serverName('a.test')]).subarray(0, 20)), Buffer.from([23, 3, 3, 0, 1, 0])]),
    'malformed TLS',
  ],
  [
    'a hello larger than 8 KiB',
    records(hello([[21, Buffer.alloc(9000)], serverName('a.test')])),
    'no server name in 8 KiB',
  ],
  ['a request without a Host', text('GET / HTTP/1.0'), 'HTTP without a Host'],
  ['two Hosts', text('GET / HTTP/1.1', 'Host: a.test', 'Host: b.test'), 'malformed HTTP'],
  ['a Host in a folded line', text('GET / HTTP/1.1', 'Host:', ' a.test'), 'malformed HTTP'],
  [
    'a Host and one before it that begins with a space',
    text('GET / HTTP/1.1', ' host: a.test', 'Host: b.test'),
    'malformed HTTP',
  ],
  ['a bare CR', text('GET / HTTP/1.1', 'X: y\rHost: a.test', 'Host: b.test'), 'malformed HTTP'],
  ['a Host that is no name', text('GET / HTTP/1.1', 'Host: a.test, b.test'), 'malformed HTTP'],
  ['HTTP/2 without TLS', text('PRI * HTTP/2.0', '', 'SM'), 'HTTP/2 without TLS'],
  ['a version that is none', text('GET / HTTP/1.9', 'Host: a.test'), 'malformed HTTP'],
  [
    'an endless head',
    Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(maxFirstBytes)}`),
    'no server name in 8 KiB',
  ],
])('%s has no server name', (_what, bytes, reason) => {
  expect(read(bytes.subarray(0, maxFirstBytes))).toEqual({ kind: 'unclear', reason })
})

test.each<[string, Buffer, string[]]>([
  ['a request', text('GET / HTTP/1.1', 'Accept: */*', 'Host: Good.Test.'), ['good.test']],
  ['a port and spaces', text('POST /x HTTP/1.1', 'hOsT:   good.test:8080  '), ['good.test']],
  ['empty lines before it', text('', '', 'GET / HTTP/1.1', 'Host: good.test'), ['good.test']],
  ['bare line feeds', Buffer.from('GET / HTTP/1.1\nHost: good.test\n\n'), ['good.test']],
  ['a space before the colon', text('GET / HTTP/1.1', 'Host : good.test'), ['good.test']],
  ['a whole URL', text('GET http://evil.test/ HTTP/1.1', 'Host: good.test'), ['good.test', 'evil.test']],
  [
    'a URL with a user',
    text('GET http://good.test@evil.test:80/ HTTP/1.1', 'Host: good.test'),
    ['good.test', 'evil.test'],
  ],
])('%s names its server', (_what, bytes, names) => {
  expect(read(bytes)).toEqual({ kind: 'named', names, isHidden: false })
  for (let end = 1; end < bytes.length - 4; end += 1) expect(read(bytes.subarray(0, end)).kind).toBe('more')
})

test.each<[string, Buffer]>([
  ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ['PostgreSQL', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])],
  ['a request to a proxy', text('CONNECT evil.test:443 HTTP/1.1', 'Host: evil.test:443')],
  ['git', Buffer.from('0032git-upload-pack /a\0host=a.test\0')],
  ['SMTP', Buffer.from('EHLO there\r\n\r\n')],
])('%s is neither TLS nor HTTP', (_what, bytes) => {
  expect(read(bytes)).toEqual({ kind: 'other' })
})

test('an absolute URL on a port other than 80 is a proxy request', () => {
  const request = text('GET http://evil.test/ HTTP/1.1', 'Host: evil.test')
  expect(readServerName(request, 3128)).toEqual({ kind: 'other' })
})
