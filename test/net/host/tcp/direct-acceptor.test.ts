import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import {
  closeFd,
  connectSocket,
  openSocket,
  streamKind,
  takeError,
} from '../../../../src/net/host/linux/sockets.ts'
import { family, SocketAddress } from '../../../../src/net/host/sockaddr.ts'
import { DirectAcceptor } from '../../../../src/net/host/tcp/direct-acceptor.ts'
import { DirectStream } from '../../../../src/net/host/tcp/direct-stream.ts'
import { withoutDescriptors } from '../../../support/net/descriptor-limit.ts'
import { Lab } from '../../../support/net/lab.ts'

const connectionReset = 104

/** Unique per process, so that concurrent test runs do not compete for ports. */
const loopback = `127.80.${(process.pid >> 8) & 255}.${process.pid & 255}`

const opened = async (socket: Socket): Promise<Socket> => {
  await once(socket, 'connect')
  return socket
}

test('without free descriptors clients are refused, and served again once there is one', async () => {
  const loop = new EventLoop(new Lab().stack)
  const accepted: number[] = []
  using acceptor = new DirectAcceptor(loop, SocketAddress.from(loopback, 17_330)!, (fd) => accepted.push(fd))
  const first = openSocket(family.inet, streamKind, 0)
  const { bytes, length } = SocketAddress.from(loopback, 17_330)!
  await withoutDescriptors(async () => {
    connectSocket(first, bytes, length)
    await expect.poll(() => takeError(first)).toBe(connectionReset)
  })
  closeFd(first)
  expect([accepted.length, loop.stack.tcp.counters.overflows]).toEqual([0, 1])
  const second = await opened(connect(17_330, loopback))
  await expect.poll(() => accepted.length).toBe(1)
  expect(acceptor).toBeDefined()
  second.destroy()
  for (const fd of accepted) closeFd(fd)
  loop.close()
})

test('an address in use fails with EADDRINUSE, and is free again after the close', () => {
  const loop = new EventLoop(new Lab().stack)
  const open = () => new DirectAcceptor(loop, SocketAddress.from(loopback, 17_331)!, closeFd)
  const first = open()
  expect(open).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }))
  first[Symbol.dispose]()
  open()[Symbol.dispose]()
  loop.close()
})

test('open streams are closed with the event loop', async () => {
  const loop = new EventLoop(new Lab().stack)
  let [accepted, closed] = [0, 0]
  using _acceptor = new DirectAcceptor(loop, SocketAddress.from(loopback, 17_332)!, (fd) => {
    accepted += 1
    DirectStream.accepted(loop, fd)!.closed = () => {
      closed += 1
    }
  })
  const client = await opened(connect(17_332, loopback))
  const end = once(client.resume(), 'end')
  await expect.poll(() => accepted).toBe(1)
  loop.close()
  await end
  expect(closed).toBe(1)
})
