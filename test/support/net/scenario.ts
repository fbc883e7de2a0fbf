/** Faults of a simulated connection, and its start. */
import { FakeHost } from './fake-host.ts'
import { flow, flow6, ipv6, Lab, network } from './lab.ts'

export interface Scenario {
  seed: number
  opener: 'guest' | 'host'
  /** The side that sends only after the other has closed. */
  last: 'guest' | 'host' | 'none'
  /** The side that aborts during the connection, and when. */
  resets: 'guest' | 'host' | 'none'
  resetMs: number
  loss: number
  duplication: number
  /** Each frame takes from one to this many milliseconds, so that frames are reordered. */
  delayMs: number
  /** Share of the time during which the link is blocked or disconnected. */
  blocked: number
  away: number
  /** Bytes from the guest, and to it. */
  upBytes: number
  downBytes: number
  receiveBytes: number
  /** Bytes per millisecond, of the guest's application and of the host. */
  readRate: number
  /** Neither side reads for this long, from the start. */
  pauseMs: number
  mtu: number
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  reneges: number
  shrinks: number
  /** The sequence numbers of both sides wrap within the first bytes. */
  wraps: boolean
  family: 4 | 6
}

export const clean: Scenario = {
  seed: 1,
  opener: 'guest',
  last: 'none',
  resets: 'none',
  resetMs: 0,
  loss: 0,
  duplication: 0,
  delayMs: 3,
  blocked: 0,
  away: 0,
  upBytes: 60_000,
  downBytes: 60_000,
  receiveBytes: 40_000,
  readRate: 1000,
  pauseMs: 0,
  mtu: 1500,
  mss: 1460,
  windowShift: 4,
  sackPermitted: true,
  reneges: 0,
  shrinks: 0,
  wraps: false,
  family: 4,
}

export function portsOf({ family, opener }: Scenario): { guestPort: number; address: string; port: number } {
  if (opener === 'guest') return family === 4 ? flow : flow6
  return { guestPort: 22, port: 33_000, address: family === 4 ? network.gateway : ipv6.gateway }
}

/** Start time, so that our first numbers precede the wrap: they increase by 250 per millisecond. */
export function wrappingMs(s: Scenario): number {
  const lab = new Lab(s.mtu)
  const { guestPort, port, address } = portsOf(s)
  let first = 0
  lab.act((stack) => {
    const guestAddress = stack.addressOf(s.family === 4 ? network.address : ipv6.address)!
    const to = { guestAddress, guestPort, port, address: stack.addressOf(address)! }
    first = stack.tcp.connect(to, new FakeHost())!.initialSequence
  })
  return lab.nowMs + Math.floor(((-1000 - 500 * s.delayMs - first) >>> 0) / 250)
}
