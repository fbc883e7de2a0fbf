/** A UDP port mapped on all addresses of the host: real sockets, and a guest that echoes frames. */
import { createSocket, type Socket } from 'node:dgram'
import { expect, onTestFinished, test } from 'vitest'
import { clockMs, EventLoop } from '../../../../src/net/host/event-loop.ts'
import { openListener } from '../../../../src/net/host/ports/listen.ts'
import { GuestDialler } from '../../../../src/net/host/tcp/guest-dialler.ts'
import { tcpSockets } from '../../../../src/net/host/tcp/open-sockets.ts'
import { freePorts } from '../../../support/free-ports.ts'
import { Lab, network } from '../../../support/net/lab.ts'
import { ipv4Frame } from '../../../support/net/segments.ts'

const deadline = { timeout: 30_000 }

/** Returns the datagram to its source, without a checksum, which RFC 768 allows. */
function echo(frame: Uint8Array): Uint8Array | undefined {
  if (frame[12] !== 8 || frame[23] !== 17) return undefined
  const udp = frame.slice(34)
  udp.set([...frame.slice(36, 38), ...frame.slice(34, 36)])
  udp.set([0, 0], 6)
  return ipv4Frame(17, network.address, [...frame.slice(26, 30)].join('.'), udp)
}

/** Maps UDP `port` on all addresses of one or both families to the echoing guest. */
async function mapped(address: '0.0.0.0' | '::', port: number) {
  const lab = new Lab(network.mtu, { nowMs: clockMs() })
  const loop = new EventLoop(lab.stack)
  const guest = { address: network.address, port: 7 }
  const listen = { kind: 'inet', address, port } as const
  const mapping = { id: 'udp', protocol: 'udp', listen, guest } as const
  const listener = await openListener(loop, tcpSockets(loop), new GuestDialler(loop, 0), mapping)
  onTestFinished(async () => {
    await listener.close('now')
    loop.close()
  })
  // The first frame adds the guest to the neighbour table.
  lab.arrive(ipv4Frame(17, network.address, network.gateway, Uint8Array.of(0, 9, 0, 9, 0, 8, 0, 0)))
  lab.takeFrames()
  const answer = () => {
    loop.begin()
    lab.nowMs = clockMs()
    lab.arrive(...lab.takeFrames().flatMap((frame) => echo(frame) ?? []))
    loop.end()
  }
  return { lab, listener, answer }
}

/** A client that accepts replies only from the address that it sent to, like connected sockets. */
async function client(address: string, port: number) {
  const socket: Socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  onTestFinished(() => void socket.close())
  const received: string[] = []
  socket.on('message', (bytes) => received.push(String(bytes)))
  await new Promise<void>((resolve) => socket.connect(port, address, resolve))
  return { socket, received }
}

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.2'],
  ['::', '127.0.0.3'],
  ['::', '::1'],
] as const)('a UDP port mapped at %s replies to a client of %s from that address', async (at, asked) => {
  const [port = 0] = await freePorts(1)
  const { answer } = await mapped(at, port)
  const { socket, received } = await client(asked, port)
  // Equal sizes: the replies are sent as one message that the kernel segments.
  const sent = ['one', 'two', 'ten', 'x']
  for (const text of sent) socket.send(text)
  await expect
    .poll(() => {
      answer()
      return received
    }, deadline)
    .toEqual(sent)
})

test('a client that sends to two addresses gets a reply from each, through separate ports at the guest', async () => {
  const [port = 0] = await freePorts(1)
  const { lab, listener, answer } = await mapped('0.0.0.0', port)
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  const received: string[] = []
  socket.on('message', (bytes, { address }) => received.push(`${bytes} from ${address}`))
  socket.send('a', port, '127.0.0.4')
  socket.send('b', port, '127.0.0.5')
  await expect.poll(() => listener.flows, deadline).toBe(2)
  const ports = lab.frames.filter((frame) => frame[23] === 17).map((frame) => (frame[34]! << 8) | frame[35]!)
  expect(new Set(ports).size).toBe(2)
  answer()
  await expect.poll(() => received.toSorted(), deadline).toEqual(['a from 127.0.0.4', 'b from 127.0.0.5'])
})
