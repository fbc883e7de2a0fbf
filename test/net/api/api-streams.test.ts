/** API requests that turn into streams of bytes or frames. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { HostApi } from '../../../src/net/api/host-api.ts'
import { call, dir, forwarder, raw, socketPath } from '../../support/net/host-api.ts'

describe('streams', () => {
  test('/connect sends no response and accepts frames, including those sent with the head', async () => {
    const head = 'POST /connect HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n\r\n'
    const socket = connect(socketPath)
    let replied = ''
    socket.on('data', (chunk) => {
      replied += chunk
    })
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from([60, 0]), Buffer.alloc(30)]))
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(80))
    socket.write(Buffer.concat([Buffer.alloc(30), Buffer.from([20, 0]), Buffer.alloc(20)]))
    await vi.waitFor(() => expect(forwarder.frames).toEqual([60, 20]))
    expect(replied).toBe('')
    socket.destroy()
  })

  test('/tunnel responds OK, then forwards the connection, with independent half-close', async () => {
    const guest = createServer({ allowHalfOpen: true }, async (socket) => {
      const heard = Buffer.concat(await socket.toArray())
      socket.end(`heard ${heard}`)
    }).listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(guest.address()).not.toBeNull())
    forwarder.guestPort = (guest.address() as AddressInfo).port
    const reply = await raw('POST /tunnel?ip=192.168.127.2&port=22 HTTP/1.1\r\nHost: api\r\n\r\nhello')
    expect(reply).toBe('OKheard hello')
    guest.close()
  })

  test('/tunnel to an unused address is closed, and without address or port it is rejected', async () => {
    expect(await raw('POST /tunnel?ip=192.168.127.2&port=9 HTTP/1.1\r\n\r\n')).toBe('OK')
    expect(await raw('POST /tunnel?ip=nowhere&port=9 HTTP/1.1\r\n\r\n')).toMatch(/ 400 .*it is nowhere/s)
    expect(await raw('POST /tunnel?port=9 HTTP/1.1\r\n\r\n')).toMatch(/ 500 .*ip is mandatory/s)
    expect(await raw('POST /tunnel?ip=1.2.3.4&port=x HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 500/)
  })

  /** Responses on one connection; each text is sent once the previous one was answered by `until`. */
  async function conversation(
    ...turns: readonly (readonly [text: string, until: RegExp])[]
  ): Promise<string[]> {
    const socket = connect(socketPath)
    const answers: string[] = []
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    for (const [text, until] of turns) {
      heard = ''
      socket.write(text)
      await vi.waitFor(() => expect(heard).toMatch(until), { timeout: 30_000 })
      answers.push(heard)
    }
    socket.destroy()
    return answers
  }

  const cam = 'GET /cam HTTP/1.1\r\nHost: api\r\n\r\n'
  const isCam = /^HTTP\/1\.1 200 .*"02:50:00:00:00:01":1}\n$/s
  const zone = JSON.stringify({ name: 'x.', records: [{ name: 'a', ip: '1.2.3.4' }] })
  const add = `POST /services/dns/add HTTP/1.1\r\nHost: api\r\nContent-Length: ${zone.length}\r\n\r\n${zone}`

  test.each([
    ['a request', [[cam, isCam]]],
    [
      'several, with a body among them',
      [
        [cam, isCam],
        [add, /^HTTP\/1\.1 200 /],
        [cam, isCam],
      ],
    ],
    ['a refused one', [['GET /x HTTP/1.1\r\nHost: api\r\n\r\n', /^HTTP\/1\.1 404 .*\n$/s]]],
  ] as const)(
    'after %s on the same connection /tunnel responds OK and forwards the connection',
    async (_, before) => {
      const guest = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
      await vi.waitFor(() => expect(guest.address()).not.toBeNull())
      forwarder.guestPort = (guest.address() as AddressInfo).port
      const tunnel = 'POST /tunnel?ip=192.168.127.2&port=22 HTTP/1.1\r\nHost: api\r\n\r\n'
      const answers = await conversation(...before, [tunnel, /^OK$/], ['there and back', /^there and back$/])
      expect(answers.at(-1)).toBe('there and back')
      guest.close()
    },
  )

  test('after a request on the same connection /connect accepts frames, including those sent ahead', async () => {
    const connectHead = 'POST /connect HTTP/1.1\r\nHost: api\r\n\r\n'
    const socket = connect(socketPath)
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    // All in one write: bytes after the head are not parsed as HTTP.
    socket.write(
      Buffer.concat([Buffer.from(cam + add + connectHead), Buffer.from([60, 0]), Buffer.alloc(60)]),
    )
    await vi.waitFor(() => expect(forwarder.frames).toEqual([60]), { timeout: 30_000 })
    await vi.waitFor(() => expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(2), { timeout: 30_000 })
    socket.destroy()
  })

  test('a chunked body is accepted, and its connection is closed after the response', async () => {
    const chunked = `POST /services/dns/add HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n${zone.length.toString(16)}\r\n${zone}\r\n0\r\n\r\n`
    const socket = connect(socketPath)
    const ended = once(socket, 'close')
    socket.write(chunked)
    const answer = Buffer.concat(await socket.toArray()).toString()
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*connection: close/is)
    await ended
    expect(forwarder.given).toHaveLength(1)
  })

  test('a client that half-closes after its requests gets all responses', async () => {
    const answers = await raw(cam + add + cam)
    expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(3)
  })

  test('an idle kept-alive connection is closed', async () => {
    const impatient = new HostApi(forwarder, { timeoutMs: 50 })
    const path = join(dir, 'impatient.sock')
    await impatient.listen({ path })
    const socket = connect(path)
    socket.write(cam)
    socket.resume()
    await once(socket, 'close')
    await impatient[Symbol.asyncDispose]()
  })

  test.each([
    ['no Host', 'GET /cam HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['an unknown expectation', 'GET /cam HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n', /^HTTP\/1\.1 417 /],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^/],
  ])('a connection whose head has %s is closed', async (_, head, answer) => {
    const impatient = new HostApi(forwarder, { timeoutMs: 50 })
    const path = join(dir, 'impatient.sock')
    await impatient.listen({ path })
    const socket = connect(path)
    socket.write(head)
    expect(Buffer.concat(await socket.toArray()).toString()).toMatch(answer)
    await impatient[Symbol.asyncDispose]()
  })

  test('bytes that are not HTTP close only that connection', async () => {
    expect(await raw('\x00\x01\x02\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    const endless = connect(socketPath)
    const closed = new Promise((resolve) => endless.on('close', resolve))
    endless.on('error', () => {})
    endless.write(Buffer.alloc(20_000, 'x'))
    await closed
    expect((await call('GET', '/leases')).status).toBe(200)
  })
})
