/** Two forwarders of one network, connected by a trunk: their guests share one link. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { Forwarder } from '../../src/net/forwarder.ts'
import { standaloneNetwork } from '../../src/net/network.ts'

const network = standaloneNetwork('192.168.65.0/24', 1500)
const macs = ['02:50:c0:a8:41:03', '02:50:c0:a8:41:04'] as const
const addresses = ['192.168.65.3', '192.168.65.4'] as const

let dir: string
let stack: AsyncDisposableStack
let guests: Socket[]
let received: Buffer[][]

async function pair(name: string): Promise<[Socket, Socket]> {
  const path = join(dir, name)
  const server = createServer()
  server.listen(path)
  await once(server, 'listening')
  const [[theirs], ours] = await Promise.all([
    once(server, 'connection') as Promise<[Socket]>,
    (async () => {
      const socket = connect(path)
      await once(socket, 'connect')
      return socket
    })(),
  ])
  server.close()
  for (const socket of [ours, theirs]) stack.defer(() => void socket.destroy())
  return [ours, theirs]
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trunk-'))
  stack = new AsyncDisposableStack()
  stack.defer(() => rm(dir, { recursive: true }))
  const forwarders = addresses.map((address, i) => {
    const forwarder = stack.use(new Forwarder({ network: { ...network, address, mac: macs[i]! } }))
    forwarder.setPeers(new Map([[addresses[1 - i]!, macs[1 - i]!]]))
    return forwarder
  })
  guests = []
  received = [[], []]
  for (const [i, forwarder] of forwarders.entries()) {
    const [guest, link] = await pair(`guest${i}`)
    forwarder.attach(link)
    guest.on('data', (chunk) => received[i]!.push(chunk))
    guests.push(guest)
  }
  const ends = await pair('trunk')
  for (const [i, end] of ends.entries()) forwarders[i]!.attachTrunk(end)
})

afterEach(() => stack.disposeAsync())

const bytesOf = (text: string, base: number): number[] =>
  text.split(base === 16 ? ':' : '.').map((part) => Number.parseInt(part, base))

/** An ARP request, framed for QEMU. */
function arp(mac: string, sender: string, target: string): Uint8Array {
  const own = bytesOf(mac, 16)
  const body = [
    0,
    1,
    8,
    0,
    6,
    4,
    0,
    1,
    ...own,
    ...bytesOf(sender, 10),
    0,
    0,
    0,
    0,
    0,
    0,
    ...bytesOf(target, 10),
  ]
  return Uint8Array.of(0, 0, 0, 42, 255, 255, 255, 255, 255, 255, ...own, 8, 6, ...body)
}

/** Whether the second guest received that machine's ARP request. */
const heard = (mac: string, from: string): boolean =>
  Buffer.concat(received[1]!).includes(Buffer.from(arp(mac, from, addresses[1]).subarray(4)))

test('a machine receives the broadcast of another one', async () => {
  guests[0]!.write(arp(macs[0], addresses[0], addresses[1]))
  await until(async () => heard(macs[0], addresses[0]), { deadlineMs: 20_000 })
})

test('a guest cannot spoof the address of a machine behind a trunk', async () => {
  const thief = '02:50:c0:a8:41:99'
  guests[0]!.write(arp(thief, addresses[1], addresses[1]))
  guests[0]!.write(arp(thief, addresses[0], addresses[1]))
  // Frames stay in order: when the valid request has arrived, the spoofed one would have arrived too.
  guests[0]!.write(arp(macs[0], addresses[0], addresses[1]))
  await until(async () => heard(macs[0], addresses[0]), { deadlineMs: 20_000 })
  expect(heard(thief, addresses[1])).toBe(false)
})
