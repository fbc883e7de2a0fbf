/** Responses that arrive on a forwarder stream, whose memory is reused. */
import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { GuestConnection, type Requester } from '../../src/names/guest-connection.ts'
import type { EventLoop } from '../../src/net/host/event-loop.ts'
import { GuestStream } from '../../src/net/host/tcp/guest-stream.ts'
import type { TcpConnection } from '../../src/net/tcp/connection.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function guestStream(): { stream: GuestStream; send: (bytes: Buffer) => void } {
  const tcp = { hostDrained: () => {}, hostReset: () => {}, hostData: () => {}, hostEnded: () => {} }
  const run = (event: (stack: unknown) => void) => event({ tcp })
  const stream = new GuestStream(
    { begin: () => ({ tcp }), end: () => {}, run } as unknown as EventLoop,
    () => {},
  )
  stream.connection = {} as TcpConnection
  stream.hostEnd.setReading(true)
  return { stream, send: (bytes) => stream.hostEnd.write(bytes, 0, bytes.length) }
}

const request = { method: 'GET', path: '/', headers: {}, body: undefined, isUpgrade: false }

interface Seen {
  requester: Requester
  hash: () => string
  isEnded: () => boolean
  errors: Error[]
}

/** A client that needs some turns of the event loop for each piece, and reads it only then. */
function slowRequester(): Seen {
  const sum = createHash('sha256')
  let isEnded = false
  const errors: Error[] = []
  let last = Promise.resolve()
  const requester: Requester = {
    head: () => {},
    body: (bytes, written) => {
      last = last.then(turn).then(() => {
        sum.update(bytes)
        written()
      })
    },
    end: () => {
      isEnded = true
    },
    switched: () => {},
    failed: (error) => void errors.push(error),
  }
  return { requester, hash: () => sum.digest('hex'), isEnded: () => isEnded, errors }
}

const ok = (length: number): Buffer => Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`)

test('a slow client gets the bytes that the container sent, although their memory is used again', async () => {
  const { stream, send } = guestStream()
  const idle: GuestConnection[] = []
  const connection = new GuestConnection(stream, (one) => void idle.push(one))
  await turn()
  const body = randomBytes(3_000_000)
  for (let round = 0; round < 2; round += 1) {
    const { requester, hash, isEnded } = slowRequester()
    connection.ask(request, requester)
    send(ok(body.length))
    for (let at = 0; at < body.length; at += 37_000) {
      send(body.subarray(at, at + 37_000))
      if (at % 3 === 0) await turn()
    }
    while (idle.length === round) await turn()
    expect([isEnded(), connection.isIdle, hash()]).toEqual([
      true,
      true,
      createHash('sha256').update(body).digest('hex'),
    ])
  }
  stream.destroy()
})

test('an answer that nobody asked for ends the connection', async () => {
  const { stream, send } = guestStream()
  const changed: GuestConnection[] = []
  const connection = new GuestConnection(stream, (one) => void changed.push(one))
  await turn()
  send(ok(0))
  await turn()
  expect([connection.isOpen, changed]).toEqual([false, [connection]])
})

test('a reset in the middle of a body fails the request', async () => {
  const { stream, send } = guestStream()
  const connection = new GuestConnection(stream, () => {})
  await turn()
  const { requester, errors, isEnded } = slowRequester()
  connection.ask(request, requester)
  send(ok(10))
  send(Buffer.from('12345'))
  stream.hostEnd.reset()
  await turn()
  expect([errors.map(({ message }) => message), isEnded()]).toEqual([
    ['the guest refused or ended the connection'],
    false,
  ])
})
