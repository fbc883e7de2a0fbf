/** Bytes of a client of the HTTP API, up to the answer: heads, bodies and what leaves HTTP. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { ApiConnection } from '../../../src/net/api/connection.ts'
import { apiServer } from '../../../src/net/api/http.ts'

/** As much of a socket as the API uses. */
class FakeSocket extends Duplex {
  override _read(): void {}
  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done()
  }
  setTimeout(): this {
    return this
  }
  destroySoon(): void {
    this.destroy()
  }
}

const http = apiServer(
  async ({ body }) => ({ status: 200, contentType: 'text/plain; charset=utf-8' as const, body }),
  10_000,
)

export async function feedApi(input: Uint8Array): Promise<void> {
  const socket = new FakeSocket()
  // A real one is not handed over before it can fail.
  socket.on('error', () => {})
  const connection = new ApiConnection(socket as unknown as Socket, {
    http,
    timeoutMs: 10_000,
    streamOf: (head) => (head.startsWith('POST /tunnel') ? (stream) => stream.destroy() : undefined),
  })
  for (let at = 0; at < input.length && !socket.destroyed; at += 97) {
    socket.emit('data', Buffer.from(input.subarray(at, at + 97)))
  }
  socket.emit('end')
  await turn()
  await turn()
  socket.destroy()
  await turn()
  void connection
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const apiSeeds: readonly Uint8Array[] = [
  bytesOf('GET /services/forwarder/all HTTP/1.1\r\nHost: a\r\n\r\n'),
  bytesOf('POST /services/forwarder/expose HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{"local":""}'),
  bytesOf('POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  bytesOf(
    'GET /cam HTTP/1.1\r\nHost: a\r\n\r\nPOST /tunnel?ip=192.168.65.3&port=22 HTTP/1.1\r\nHost: a\r\n\r\nSSH',
  ),
]
