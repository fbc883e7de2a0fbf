/** Connections between supervisors that carry frames. */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { Trunks } from '../../../src/supervisor/network/trunks.ts'

let dir: string
let stack: AsyncDisposableStack
let control: string
let peer: Trunks
let server: Server
let ours: Trunks
let attached: Socket[]

const place = (mac: string, path: string) => ({ address: '192.168.65.4', mac, control: path })
const deadline = { deadlineMs: 20_000 }

/** A link closes when the other side ends. */
function carry(socket: Socket): Socket {
  socket.on('end', () => socket.destroy())
  return socket.resume()
}

/** A machine's side, as its control API offers it. */
async function serve(path: string, accept: (socket: Socket, from: string) => void): Promise<Server> {
  const made = createServer()
  made.on('upgrade', ({ url = '' }, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: desktop-stream\r\n\r\n')
    accept(socket as Socket, new URL(url, 'http://peer').searchParams.get('from') ?? '')
  })
  await new Promise<void>((resolve) => made.listen(path, resolve))
  return made
}

const listen = async (): Promise<void> => {
  server = await serve(control, (socket, from) => peer.accept(socket, from))
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trunks-'))
  control = join(dir, 'control.sock')
  stack = new AsyncDisposableStack()
  stack.defer(() => rm(dir, { recursive: true }))
  attached = []
  ours = stack.use(new Trunks((socket) => void attached.push(carry(socket))))
  peer = stack.use(new Trunks(carry))
  await listen()
  stack.defer(() => void server.close())
  peer.set('b', [place('a', join(dir, 'none.sock'))])
})

afterEach(() => stack.disposeAsync())

test('of two machines the one with the lower MAC dials, and there is one connection', async () => {
  ours.set('a', [place('b', control)])
  await until(async () => ours.joined === 1 && peer.joined === 1, deadline)
  ours.set('a', [place('b', control)])
  expect(attached).toHaveLength(1)
})

test('a connection that ends is dialled again', async () => {
  ours.set('a', [place('b', control)])
  await until(async () => attached.length === 1, deadline)
  attached[0]!.destroy()
  await until(async () => attached.length === 2 && peer.joined === 1, deadline)
})

test('a peer that comes up later is joined', async () => {
  server.close()
  ours.set('a', [place('b', control)])
  await listen()
  await until(async () => ours.joined === 1, deadline)
})

test('the connection to a former peer ends on both sides', async () => {
  ours.set('a', [place('b', control)])
  await until(async () => peer.joined === 1, deadline)
  ours.set('a', [])
  await until(async () => ours.joined === 0 && peer.joined === 0, deadline)
})

test('a machine without peers takes no connection', async () => {
  peer.set('b', [])
  ours.set('a', [place('b', control)])
  await until(async () => attached.length > 0, deadline)
  await until(async () => peer.joined === 0 && ours.joined === 0, deadline)
})

const there = (mac: string, path: string) => ({
  ...place(mac, path),
  forward: { ssh: { host: 'builder' }, path: '/there/control.sock' },
})

test('a peer on another host is dialled whatever its MAC, through the forwarded socket', async () => {
  const asked: string[] = []
  using trunks = new Trunks(
    carry,
    async ({ ssh, path }, local) => void asked.push(`${ssh.host} ${path} ${local}`),
  )
  trunks.set('z', [there('b', control)])
  await until(async () => trunks.joined === 1, deadline)
  expect(asked[0]).toBe(`builder /there/control.sock ${control}`)
})

test('a peer that dials from another host is not dialled, and its connection is taken', async () => {
  peer.set('a', [{ address: '192.168.65.3', mac: 'b' }])
  ours.set('z', [there('a', control)])
  using lone = new Trunks(carry)
  lone.set('a', [{ address: '192.168.65.3', mac: 'b' }])
  expect(lone.joined).toBe(0)
})

test('an unreachable host is dialled again until it is back', async () => {
  let isBack = false
  let attempts = 0
  using trunks = new Trunks(carry, async () => {
    attempts += 1
    if (!isBack) throw new Error('no route to host')
  })
  trunks.set('a', [there('b', control)])
  await until(async () => attempts > 1, deadline)
  expect(trunks.joined).toBe(0)
  isBack = true
  await until(async () => trunks.joined === 1, deadline)
})

test('a peer that dials again replaces its connection, of whose end this side may never hear', async () => {
  const first = new Trunks(carry)
  const second = new Trunks(carry)
  stack.use(first)
  stack.use(second)
  first.set('a', [place('b', control)])
  await until(async () => peer.joined === 1, deadline)
  first.set('a', [])
  second.set('a', [place('b', control)])
  await until(async () => second.joined === 1 && peer.joined === 1, deadline)
})

test('a peer that moves to another path there is dialled again', async () => {
  const asked: string[] = []
  using trunks = new Trunks(carry, async ({ path }) => void asked.push(path))
  trunks.set('a', [there('b', control)])
  await until(async () => trunks.joined === 1, deadline)
  trunks.set('a', [{ ...there('b', control), forward: { ssh: { host: 'big' }, path: '/big/control.sock' } }])
  await until(async () => asked.length === 2 && trunks.joined === 1, deadline)
  expect(asked).toEqual(['/there/control.sock', '/big/control.sock'])
})

test('an earlier host whose forward is still pending does not get the socket of the next one', async () => {
  const done: string[] = []
  const pending = Promise.withResolvers<void>()
  using trunks = new Trunks(carry, async ({ path }) => {
    if (path === '/there/control.sock') await pending.promise
    done.push(path)
  })
  trunks.set('a', [there('b', control)])
  trunks.set('a', [{ ...there('b', control), forward: { ssh: { host: 'big' }, path: '/big/control.sock' } }])
  pending.resolve()
  await until(async () => trunks.joined === 1, deadline)
  expect(done.at(-1)).toBe('/big/control.sock')
})

/** A machine on another host: its name for others is its MAC. */
async function machineThere(mac: string) {
  const path = join(dir, mac)
  const streams: { socket: Socket; from: string; said: string }[] = []
  const made = await serve(path, (socket, from) => {
    const stream = { socket, from, said: '' }
    socket.on('data', (chunk) => (stream.said += chunk.toString('latin1')))
    carry(socket).on('error', () => {})
    streams.push(stream)
  })
  stack.defer(() => {
    for (const { socket } of streams) socket.destroy()
    made.close()
  })
  const forward = { ssh: { host: mac }, path: `/${mac}` }
  return { streams, place: { address: '192.168.65.4', mac, control: path, forward } }
}

test('a trunk between machines on two other hosts passes through here unchanged, and is dialled again when an end closes', async () => {
  const [x, y] = [await machineThere('x'), await machineThere('y')]
  using trunks = new Trunks(carry, async () => {})
  trunks.set('m', [{ ...x.place, joins: [y.place] }, y.place])
  const between = (from: string) => (one: { from: string; socket: Socket }) =>
    one.from === from && !one.socket.destroyed
  const ends = () => [x.streams.find(between('y')), y.streams.find(between('x'))] as const
  await until(async () => ends().every((one) => one !== undefined) && trunks.joined === 2, deadline)
  const [atX, atY] = ends()
  const bytes = 'frame'.repeat(100_000)
  atX?.socket.write(bytes)
  atY?.socket.write('reply')
  await until(async () => atY?.said === bytes && atX?.said === 'reply', deadline)
  atX?.socket.destroy()
  await until(async () => atY?.socket.destroyed === true, deadline)
  await until(async () => ends().every((one) => one !== undefined), deadline)
  trunks.set('m', [x.place, y.place])
  await until(async () => ends().every((one) => one === undefined), deadline)
  expect(trunks.joined).toBe(2)
})

test('of a trunk between two other hosts no end stays open while the other is unreachable', async () => {
  const [x, y] = [await machineThere('x'), await machineThere('y')]
  let isReachable = false
  using trunks = new Trunks(carry, async ({ ssh }) => {
    if (ssh.host === 'y' && !isReachable) throw new Error('no route to host')
  })
  trunks.set('m', [{ ...x.place, joins: [y.place] }])
  await until(async () => x.streams.some(({ from, socket }) => from === 'y' && socket.destroyed), deadline)
  isReachable = true
  await until(async () => y.streams.some(({ from, socket }) => from === 'x' && !socket.destroyed), deadline)
})
