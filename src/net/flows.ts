/** Snapshot of the current flows, for display and metrics. */
import type { Stack } from './stack.ts'
import { stateName } from './tcp/connection.ts'

export interface FlowView {
  protocol: 'tcp' | 'udp'
  /** `192.168.65.3:40000` or `[fd00::3]:40000`. */
  guest: string
  /** Remote endpoint as the guest sees it; for UDP sockets, the latest destination. */
  remote: string
  /** Number of remote endpoints of a UDP socket, counted up to 64; 1 for TCP. */
  remotes: number
  from: 'guest' | 'host'
  state: string
  bytesFromGuest: number
  bytesToGuest: number
  retransmissions: number
  /** Smoothed round-trip time of TCP (RFC 6298); null before the first measurement, and for UDP. */
  rttMs: number | null
  /** Time since the last segment from the guest; for UDP, since the last datagram in either direction. */
  idleMs: number
}

/** @param heardWithinMs omits flows that were idle for longer */
export function flowsOf(
  stack: Stack,
  nowMs: number,
  heardWithinMs: number = Number.POSITIVE_INFINITY,
): FlowView[] {
  const flows: FlowView[] = []
  for (const c of stack.tcp.connections()) {
    if (nowMs - c.lastHeardMs > heardWithinMs) continue
    flows.push({
      protocol: 'tcp',
      guest: endpoint(stack, c.guestAddress, c.guestPort),
      remote: endpoint(stack, c.address, c.port),
      remotes: 1,
      from: c.isFromGuest ? 'guest' : 'host',
      state: stateName(c),
      bytesFromGuest: c.bytesFromGuest,
      bytesToGuest: c.bytesToGuest,
      retransmissions: c.retransmissions,
      rttMs: c.smoothedRttMs < 0 ? null : Math.round(c.smoothedRttMs * 10) / 10,
      idleMs: Math.max(0, nowMs - c.lastHeardMs),
    })
  }
  for (const flow of stack.datagrams.nat.flows()) {
    if (nowMs - flow.lastUsedMs > heardWithinMs) continue
    flows.push({
      protocol: 'udp',
      guest: endpoint(stack, flow.neighbour.address, flow.guestPort),
      remote: endpoint(stack, flow.remotes.lastAddress, flow.remotes.lastPort),
      remotes: flow.remotes.count,
      from: 'guest',
      state: flow.received > 0 ? 'ASSURED' : 'UNREPLIED',
      bytesFromGuest: flow.bytesFromGuest,
      bytesToGuest: flow.bytesToGuest,
      retransmissions: 0,
      rttMs: null,
      idleMs: Math.max(0, nowMs - flow.lastUsedMs),
    })
  }
  return flows
}

function endpoint(stack: Stack, address: number, port: number): string {
  const text = stack.formatAddress(address)
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`
}
