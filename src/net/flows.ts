/** The flows of a moment, for people and metrics. */
import type { Stack } from './stack.ts'
import { stateName } from './tcp/connection.ts'
import { formatIpv4 } from './wire/addresses.ts'

export interface FlowView {
  protocol: 'tcp' | 'udp'
  /** `192.168.65.3:40000`. */
  guest: string
  /** The other end, as the guest knows it; `*` for UDP, whose sockets speak to any. */
  remote: string
  from: 'guest' | 'host'
  state: string
  bytesFromGuest: number
  bytesToGuest: number
  retransmissions: number
}

export function flowsOf(stack: Stack): FlowView[] {
  const flows: FlowView[] = []
  for (const c of stack.tcp.connections()) {
    flows.push({
      protocol: 'tcp',
      guest: `${formatIpv4(c.guestAddress)}:${c.guestPort}`,
      remote: `${formatIpv4(c.address)}:${c.port}`,
      from: c.isFromGuest ? 'guest' : 'host',
      state: stateName(c),
      bytesFromGuest: c.bytesFromGuest,
      bytesToGuest: c.bytesToGuest,
      retransmissions: c.retransmissions,
    })
  }
  for (const flow of stack.udp.flows()) {
    flows.push({
      protocol: 'udp',
      guest: `${formatIpv4(flow.neighbour.address)}:${flow.guestPort}`,
      remote: '*',
      from: 'guest',
      state: flow.received > 0 ? 'ASSURED' : 'UNREPLIED',
      bytesFromGuest: flow.bytesFromGuest,
      bytesToGuest: flow.bytesToGuest,
      retransmissions: 0,
    })
  }
  return flows
}
