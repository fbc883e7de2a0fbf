import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseDirs, environmentPaths } from '../../../src/host/paths.ts'
import { connectSupervisor, controlClient } from '../../../src/supervisor/api/client.ts'
import { openStreamAt } from '../../../src/supervisor/api/streams.ts'

let dir: string
let server: Server
let answer: (socket: Socket) => void
const path = (): string => join(dir, 'control.sock')
const at = (control: string): Parameters<typeof controlClient>[0] => {
  const paths = environmentPaths('x', baseDirs({ HOME: dir }))
  return { identity: paths.identity, sockets: { ...paths.sockets, control } }
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'call-'))
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  server.listen(path())
  await once(server, 'listening')
})
afterEach(async () => {
  server.close()
  await rm(dir, { recursive: true })
})

const unreachable = (message: string) =>
  expect.objectContaining({ code: 'supervisor/unreachable', message: expect.stringContaining(message) })

test('a reply in parts is whole when its last part has come', async () => {
  answer = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Le')
    setImmediate(() => {
      socket.write('ngth: 10\r\n\r\n{"a":')
      setImmediate(() => socket.end('"\u00fc"}'))
    })
  }
  expect(await controlClient(at(path())).facts()).toEqual({ a: 'ü' })
})

test.each([
  ['in its head', 'HTTP/1.1 200 OK\r\nContent-Length: 2', 'no answer'],
  ['in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"a":', 'truncated'],
  ['before all of it', '', 'no answer'],
])('a supervisor that dies %s has not answered', async (_where, text, message) => {
  answer = (socket) => socket.end(text)
  await expect(controlClient(at(path())).facts()).rejects.toEqual(unreachable(message))
})

test('a refusal of the supervisor is reported by its code and message', async () => {
  const text = JSON.stringify({ code: 'vm/not-running', message: 'the VM is not running' })
  answer = (socket) =>
    socket.end(`HTTP/1.1 500 Internal Server Error\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
  await expect(controlClient(at(path())).facts()).rejects.toMatchObject({ code: 'vm/not-running' })
})

test('a call that nobody waits for any more holds nobody up', async () => {
  const over = new AbortController()
  answer = () => over.abort()
  await expect(controlClient(at(path()), over.signal).guestExec(['true'])).rejects.toEqual(
    unreachable('no answer'),
  )
})

test('an absent supervisor is reported by the errno', async () => {
  await expect(controlClient(at(join(dir, 'none'))).facts()).rejects.toMatchObject({
    code: 'supervisor/unreachable',
    cause: { code: 'ENOENT' },
  })
})

test('a reply without an end is cut off', async () => {
  const piece = Buffer.alloc(2 ** 20)
  answer = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    }
    socket.on('drain', more)
    more()
  }
  await expect(controlClient(at(path())).facts()).rejects.toEqual(unreachable('the reply is too long'))
})

test('a peer that accepts a stream and does not reply is unreachable at the deadline', async () => {
  answer = () => {}
  const stream = openStreamAt(path(), 'trunk?from=a', { timeoutMs: 50 })
  await expect(stream).rejects.toEqual(unreachable('no reply within 50 ms'))
})

test('a refusal of a stream without an end is cut off', async () => {
  answer = (socket) => {
    socket.write('HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n')
    const more = (): void => {
      while (!socket.destroyed && socket.write('x'.repeat(1_000)));
    }
    socket.on('drain', more)
    more()
  }
  await expect(openStreamAt(path(), 'console')).rejects.toEqual(unreachable('the reply is too long'))
})

test('a supervisor that has ended, and still resets connections, is absent', async () => {
  let resets = 0
  // Closing a socket with unread bytes resets it.
  server.removeAllListeners('connection').on('connection', (socket) => {
    socket.on('error', () => {}).pause()
    resets += 1
    if (resets === 3) server.close()
    socket.destroy()
  })
  expect(await connectSupervisor(at(path()))).toBeUndefined()
  expect(resets).toBe(3)
})
