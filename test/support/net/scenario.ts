/** What may go wrong in a simulated connection, and where it starts. */
import { FakeHost } from './fake-host.ts'
import { flow, flow6, ipv6, Lab, network } from './lab.ts'

export interface Scenario {
  seed: number
  opener: 'guest' | 'host'
  /** Who sends only when the other has ended. */
  last: 'guest' | 'host' | 'none'
  /** Who gives up on it in the middle, and when. */
  resets: 'guest' | 'host' | 'none'
  resetMs: number
  loss: number
  duplication: number
  /** Each frame takes from one to so many milliseconds, so that frames overtake each other. */
  delayMs: number
  /** For how much of the time the link takes nothing, and is not there. */
  blocked: number
  away: number
  /** From the guest, and to it. */
  upBytes: number
  downBytes: number
  receiveBytes: number
  /** Bytes per millisecond, of the guest's application and of the host. */
  readRate: number
  /** Neither reads for so long, from the start. */
  pauseMs: number
  mtu: number
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  reneges: number
  shrinks: number
  /** The numbers of both sides wrap within the first bytes. */
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

/** When to begin, so that our first numbers lie before the wrap: they go up by 250 a millisecond. */
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
