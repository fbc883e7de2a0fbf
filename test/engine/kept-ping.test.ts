import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KeptPing } from '../../src/engine/kept-ping.ts'

let dir: string
let server: Server
let ping: KeptPing
/** Every connection made, in order. */
let connections: Socket[]
let answer: (socket: Socket) => void

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ping-'))
  connections = []
  answer = (socket) => void socket.write(ok)
  server = createServer((socket) => {
    connections.push(socket)
    socket.on('error', () => {}).on('data', () => answer(socket))
  }).listen(join(dir, 's'))
  await once(server, 'listening')
  ping = new KeptPing(join(dir, 's'))
})

afterEach(async () => {
  ping[Symbol.dispose]()
  for (const socket of connections) socket.destroy()
  server.close()
  await once(server, 'close')
  rmSync(dir, { recursive: true, force: true })
})

test('an engine that answers is asked over one connection', async () => {
  for (let i = 0; i < 5; i += 1) expect(await ping.ask()).toBe(true)
  expect(connections).toHaveLength(1)
})

test('a kept connection that ended, or from which nothing comes, says nothing of the engine', async () => {
  expect(await ping.ask()).toBe(true)
  connections[0]?.destroy()
  expect(await ping.ask()).toBe(true)
  const [, second] = connections
  answer = (socket) => void (socket !== second && socket.write(ok))
  expect(await ping.ask()).toBe(true)
})

test('a mute engine, one that refuses, and none at all do not answer', async () => {
  answer = () => {}
  expect(await ping.ask()).toBe(false)
  answer = (socket) => void socket.write('HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n')
  expect(await ping.ask()).toBe(false)
  for (const socket of connections) socket.destroy()
  server.close()
  expect(await ping.ask()).toBe(false)
})

test('a body without an end leaves no connection', async () => {
  answer = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const timer = setInterval(() => socket.write('x'.repeat(1_000)), 1)
    socket.on('close', () => clearInterval(timer)).on('error', () => {})
  }
  expect(await ping.ask()).toBe(true)
  // The writes after that fail, which is no matter of this test: `once` of events would reject.
  await new Promise((resolve) => connections[0]?.once('close', resolve))
})
