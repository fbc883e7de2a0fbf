import { expect, test } from 'vitest'
import type { HostDatagram } from '../../src/net/core/host-datagram.ts'
import { flowsOf } from '../../src/net/flows.ts'
import type { UdpFlow } from '../../src/net/udp/nat.ts'
import { Lab, network } from '../support/net/lab.ts'
import { LabConnection } from '../support/net/lab-connection.ts'
import { ipv4Frame } from '../support/net/segments.ts'

class FlowLab extends Lab {
  override openUdp(_flow: UdpFlow): HostDatagram {
    return { send: () => {}, close: () => {} }
  }
}

function datagram(lab: Lab, destination: string, port: number): void {
  const payload = Uint8Array.of(0x9c, 0x40, port >> 8, port, 0, 9, 0, 0, 7)
  lab.arrive(ipv4Frame(17, network.address, destination, payload))
}

test('a UDP socket is one flow, with its latest destination as the guest sees it, and the number of destinations', () => {
  const lab = new FlowLab()
  const shown = () => flowsOf(lab.stack, lab.nowMs).map(({ remote, remotes }) => [remote, remotes])
  datagram(lab, '10.1.2.3', 9000)
  expect(shown()).toEqual([['10.1.2.3:9000', 1]])
  datagram(lab, '10.1.2.3', 9001)
  datagram(lab, network.host, 9000)
  datagram(lab, '10.1.2.3', 9000)
  datagram(lab, network.host, 9000)
  expect(shown()).toEqual([[`${network.host}:9000`, 3]])
})

test('a TCP connection has one remote endpoint', () => {
  const lab = new Lab()
  new LabConnection(lab)
  expect(flowsOf(lab.stack, lab.nowMs)).toMatchObject([
    { protocol: 'tcp', remote: '10.1.2.3:80', remotes: 1 },
  ])
})
