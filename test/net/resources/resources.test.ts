import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { ipv4Frame, plainChecksum, tcpFrame } from '../../support/net/segments.ts'
import { canHaveGuest } from '../linux/linux-guest.ts'
import { RawGuest } from './raw-guest.ts'
import { echoPort, nowhere, Rig, there } from './rig.ts'

const guest = '192.168.65.3'
const gateway = '192.168.65.1'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

function udp(sourcePort: number, destination: string, port: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(sourcePort, 0)
  header.writeUInt16BE(port, 2)
  header.writeUInt16BE(8 + payload.length, 4)
  return ipv4Frame(17, guest, destination, Buffer.concat([header, payload]))
}

function ping(destination: string, id: number, sequence: number): Uint8Array {
  const packet = Buffer.alloc(64)
  packet[0] = 8
  packet.writeUInt16BE(id, 4)
  packet.writeUInt16BE(sequence, 6)
  packet.writeUInt16BE(plainChecksum(packet), 2)
  return ipv4Frame(1, guest, destination, packet)
}

function question(id: number, name: string): Buffer {
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)])
  return Buffer.concat([header, Buffer.from([...labels, 0, 0, 1, 0, 1])])
}

const until = (what: () => unknown, options = { timeout: 30_000, interval: 20 }) => expect.poll(what, options)
/** Listing thousands of flows takes a while. */
const listed = { timeout: 30_000, interval: 200 }

/** Concurrent connections that are used, and closed by the guest in both ways. */
async function connections(
  rig: Rig,
  count: number,
  to: string,
  port: number,
  payload: Uint8Array,
): Promise<void> {
  const { guest } = rig
  const ports = numbers(count).map((i) => 2000 + i)
  const are = (what: 'isOpen' | 'received' | 'isEnded') => () =>
    [...guest.connections.values()].filter((connection) => connection[what]).length
  await guest.send(ports.map((from) => guest.open(from, to, port)))
  await until(are('isOpen')).toBe(count)
  await guest.send(ports.map((from) => guest.data(from, payload)))
  await until(are('received')).toBe(count)
  expect(await rig.flows()).toBe(count)
  const some = ports.filter((from) => from % 3 === 0)
  await guest.send(ports.map((from) => (some.includes(from) ? guest.reset(from) : guest.fin(from))))
  await until(are('isEnded')).toBe(count - some.length)
  guest.connections.clear()
  await until(() => rig.later(30_000).then(() => rig.flows()), listed).toBe(0)
}

/** Applies a load to the forwarder and removes it. */
type Load = (rig: Rig) => Promise<void>

const loads: Record<string, Load> = {
  'five thousand TCP connections, used and held': (rig) =>
    connections(rig, 5000, there, echoPort, Buffer.alloc(1000, 'x')),
  'two thousand DNS questions over TCP, two hundred at once': async (rig) => {
    const query = question(7, 'static.example')
    const payload = Buffer.concat([Buffer.of(0, query.length), query])
    for (let i = 0; i < 10; i += 1) await connections(rig, 200, gateway, 53, payload)
  },
  'five thousand unanswered dials': async (rig) => {
    const syn = { flags: 'S', seq: 100, mss: 1460 }
    const dial = (i: number) => tcpFrame(guest, nowhere(i), { guestPort: 2000 + i, port: 80 }, syn)
    await rig.guest.send(numbers(5000).map(dial))
    await until(() => rig.flows(), listed).toBe(5000)
  },
  'UDP sockets to the bound and beyond': async (rig) => {
    const datagrams = numbers(9000).map((i) => udp(2000 + i, there, echoPort, Buffer.from('x')))
    for (let i = 0; i < 9000; i += 500) {
      await rig.guest.send(datagrams.slice(i, i + 500))
      await until(() => rig.flows(), listed).toBe(Math.min(i + 500, 8192))
    }
    const held = await rig.held()
    expect(held.flows).toBe(8192)
    expect(held.descriptors).toBeGreaterThan(8192)
    await rig.later(130_000)
  },
  'ten thousand DNS questions': async (rig) => {
    const names = ['static.example', 'host.docker.internal', 'missing.test', 'nobody.example']
    const before = rig.guest.frames
    for (let i = 0; i < 10_000; i += 500) {
      const some = numbers(500).map((j) => udp(2000 + j, gateway, 53, question(i + j, `${names[j % 4]}`)))
      await rig.guest.send(some)
      await until(() => rig.guest.frames - before).toBe(i + 500)
    }
  },
  'six thousand pings, a third of them unanswered': async (rig) => {
    const before = rig.guest.frames
    const targets = [gateway, there, nowhere(1)]
    for (let i = 0; i < 6000; i += 300) {
      await rig.guest.send(numbers(300).map((j) => ping(targets[j % 3]!, 1 + (j % 7), i + j)))
      await until(() => rig.guest.frames - before).toBeGreaterThanOrEqual(((i + 300) / 3) * 2 - 20)
    }
    await rig.later(40_000)
  },
  'five thousand datagrams of which only a piece comes': async (rig) => {
    const payload = Buffer.alloc(1400)
    const piece = (i: number) =>
      ipv4Frame(17, guest, there, payload, { identification: i, fragment: 0x2000 | (i % 2 === 0 ? 0 : 8) })
    for (let i = 0; i < 5000; i += 500) await rig.guest.send(numbers(500).map((j) => piece(i + j)))
    await rig.later(40_000)
  },
  'a thousand mappings added and removed, five times': async (rig) => {
    for (let i = 0; i < 5; i += 1) {
      expect(await rig.ask({ ask: 'map', count: 1000 })).toBe(1000)
      expect((await rig.held()).descriptors).toBeGreaterThan(1000)
      await rig.ask({ ask: 'map', count: 0 })
    }
  },
  'three hundred guests that come and go': async (rig) => {
    for (let i = 0; i < 300; i += 1) {
      const other = await RawGuest.attach(rig.link)
      await other.send([ping(gateway, 1, i)])
      await until(() => other.frames, { timeout: 5000, interval: 1 }).toBeGreaterThan(0)
      await other.detach()
    }
  },
  'a thousand calls of the API': async (rig) => {
    const paths = [
      '/services/forwarder/all',
      '/stats',
      '/leases',
      '/cam',
      '/services/dns/all',
      '/metrics',
      '/no',
    ]
    for (let i = 0; i < 1000; i += 20)
      await Promise.all(numbers(20).map((j) => call(rig, paths[(i + j) % 7]!)))
    for (let i = 0; i < 50; i += 1) {
      const mapping = { local: `127.0.0.1:${30_000 + i}`, remote: `${guest}:80`, protocol: 'tcp' }
      expect(await call(rig, '/services/forwarder/expose', mapping)).toBe(200)
      expect(await call(rig, '/services/forwarder/unexpose', mapping)).toBe(200)
    }
  },
  'clients of the API that go away in the middle': async (rig) => {
    const beginnings = [
      '',
      'POST /services/forw',
      'POST /services/forwarder/expose HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"local":',
      'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /connect HTTP/1.1\r\nHost: x\r\n\r\n',
      `POST /tunnel?ip=${guest}&port=80 HTTP/1.1\r\nHost: x\r\n\r\n`,
    ]
    for (let i = 0; i < 600; i += 1) await leave(rig, beginnings[i % beginnings.length]!)
  },
}

function call(rig: Rig, path: string, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, socketPath: rig.api, path, method: body === undefined ? 'GET' : 'POST' }
    const sent = request(options, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!))
    })
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function leave(rig: Rig, beginning: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(rig.api, () => socket.write(beginning, () => socket.destroy()))
    socket.on('error', () => {}).on('close', () => resolve())
  })
}

/**
 * Allowed heap growth after a load, relative to the same load before: compiled code that V8 retains. Without
 * leaks it is 20 to 130 kB for some rounds and decreases, so one round below the limit is sufficient; leaking an object
 * with two fields for each of three thousand items exceeds it. Packet memory must return to its size before any
 * load, and descriptors to their number after the first; buffers may differ by Node's pools.
 */
const allowance = { heap: 100_000, buffers: 70_000 }
const mostRounds = 8

describe.skipIf(!canHaveGuest)('what a load takes is given back when it is over (needs root)', () => {
  test.each(Object.entries(loads))('%s', { timeout: 120_000 }, async (_, load) => {
    await using rig = await Rig.start()
    const settled = async () => {
      // Connections in TIME-WAIT, and those with SYN retransmissions.
      await until(() => rig.later(30_000).then(() => rig.flows()), listed).toBe(0)
      for (let last = await rig.held(); ; ) {
        const now = await rig.held()
        // Some connections may not have ended yet.
        if (now.heap > last.heap - 20_000 && now.descriptors === last.descriptors) return now
        last = now
      }
    }
    const round = async () => {
      await load(rig)
      return await settled()
    }
    // In the first round, tables grow and code is compiled.
    const fresh = await rig.held()
    let before = await round()
    let after = await round()
    for (let rounds = 2; after.heap - before.heap > allowance.heap && rounds < mostRounds; rounds += 1) {
      before = after
      after = await round()
    }
    expect(after.heap - before.heap).toBeLessThanOrEqual(allowance.heap)
    expect(after.buffers - before.buffers).toBeLessThanOrEqual(allowance.buffers)
    // Cached memory is released after some idle seconds.
    await until(async () => (await rig.held()).packets).toBe(fresh.packets)
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors)
  })
})
