import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { DirectAcceptor } from '../../../src/net/host/direct-acceptor.ts'
import { DirectStream } from '../../../src/net/host/direct-stream.ts'
import { family, PeerName } from '../../../src/net/host/peer-name.ts'
import { Pump } from '../../../src/net/host/pump.ts'
import {
  closeFd,
  connectSocket,
  openSocket,
  streamKind,
  takeError,
} from '../../../src/net/host/socket-calls.ts'
import { Lab } from '../tcp/lab.ts'
import { withoutDescriptors } from './descriptor-limit.ts'

const connectionReset = 104

/** Of our own, so that no other run of the tests has the ports. */
const loopback = `127.80.${(process.pid >> 8) & 255}.${process.pid & 255}`

const opened = async (socket: Socket): Promise<Socket> => {
  await once(socket, 'connect')
  return socket
}

test('without a free descriptor clients are refused, and served again once there is one', async () => {
  const pump = new Pump(new Lab().stack)
  const accepted: number[] = []
  using acceptor = new DirectAcceptor(pump, PeerName.from(loopback, 17_330)!, (fd) => accepted.push(fd))
  const first = openSocket(family.inet, streamKind, 0)
  const { bytes, length } = PeerName.from(loopback, 17_330)!
  await withoutDescriptors(async () => {
    connectSocket(first, bytes, length)
    await expect.poll(() => takeError(first)).toBe(connectionReset)
  })
  closeFd(first)
  expect([accepted.length, pump.stack.tcp.counters.overflows]).toEqual([0, 1])
  const second = await opened(connect(17_330, loopback))
  await expect.poll(() => accepted.length).toBe(1)
  expect(acceptor).toBeDefined()
  second.destroy()
  for (const fd of accepted) closeFd(fd)
  pump.close()
})

test('a name that is in use is refused with EADDRINUSE, and free again after the close', () => {
  const pump = new Pump(new Lab().stack)
  const open = () => new DirectAcceptor(pump, PeerName.from(loopback, 17_331)!, closeFd)
  const first = open()
  expect(open).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }))
  first[Symbol.dispose]()
  open()[Symbol.dispose]()
  pump.close()
})

test('streams that are open when the pump closes are closed with it', async () => {
  const pump = new Pump(new Lab().stack)
  let [accepted, closed] = [0, 0]
  using _acceptor = new DirectAcceptor(pump, PeerName.from(loopback, 17_332)!, (fd) => {
    accepted += 1
    DirectStream.accepted(pump, fd)!.closed = () => {
      closed += 1
    }
  })
  const client = await opened(connect(17_332, loopback))
  const end = once(client.resume(), 'end')
  await expect.poll(() => accepted).toBe(1)
  pump.close()
  await end
  expect(closed).toBe(1)
})
