import { expect, test } from 'vitest'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { DnsDatagram } from '../../../../src/net/host/gateway/dns-datagram.ts'
import { parseIpv4 } from '../../../../src/net/wire/addresses.ts'
import { Lab, network } from '../../../support/net/lab.ts'
import { tcpFrame } from '../../../support/net/segments.ts'

test('a waiting client keeps its address while the same object serves the next one', () => {
  const lab = new Lab()
  // Any packet adds the guest to the neighbour table.
  const ports = { guestPort: 1, port: 1 }
  lab.arrive(tcpFrame(network.address, network.gateway, ports, { flags: 'A', seq: 1, ack: 1 }))
  lab.takeFrames()
  const loop = new EventLoop(lab.stack)
  const client = new DnsDatagram(loop)
  const gateway = parseIpv4(network.gateway)
  const source = parseIpv4(network.address)
  const neighbour = lab.stack.ipv4.neighbours.get(source)!
  const from = (sourcePort: number) => {
    const payload = new Uint8Array()
    const datagram = {
      neighbour,
      link: lab.link,
      payload,
      source,
      sourcePort,
      destination: -1,
      destinationPort: 53,
    }
    return client.set(datagram, gateway)
  }
  const waiting = from(1000).keep()
  from(2000)
  waiting.reply(Uint8Array.of(1, 0), 1)
  client.reply(Uint8Array.of(2, 0), 1)
  const sent = lab.takeFrames().map((frame) => {
    const view = new DataView(frame.buffer, frame.byteOffset)
    return {
      from: view.getInt32(26),
      ports: [view.getUint16(34), view.getUint16(36)],
      payload: [...frame.subarray(42, 43)],
    }
  })
  expect(sent).toEqual([
    { from: gateway, ports: [53, 1000], payload: [1] },
    { from: gateway, ports: [53, 2000], payload: [2] },
  ])
  loop.close()
})
