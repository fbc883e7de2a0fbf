/** Segments of connection setup, sent by the guest of a lab with absolute numbers. */
import { flow, type Lab, network } from './lab.ts'
import { ipv4Frame, type SegmentText, tcpFrame, tcpPacket } from './segments.ts'

export const syn: SegmentText = { flags: 'S', seq: 100, mss: 1460, windowShift: 7, sackPermitted: true }

export function guestSends(lab: Lab, ...segments: SegmentText[]): void {
  lab.arrive(...segments.map((segment) => tcpFrame(network.address, flow.address, flow, segment)))
}

export function guestDials(lab: Lab, address: string, guestPort: number, port = 80): void {
  const packet = tcpPacket(network.address, address, { guestPort, port }, { flags: 'S', seq: 1, mss: 1460 })
  lab.arrive(ipv4Frame(6, network.address, address, packet))
}
