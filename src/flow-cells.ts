/** A flow as text, by column: the same in the terminal, the page and `desktop flows`. */
import { amount, seconds } from './amount.ts'

/** The fields of a flow that every table shows. */
interface Ends {
  protocol: string
  guest: string
  from: 'guest' | 'host'
  remote: string
  remotes: number
  /** DNS name of the remote address, if known. */
  remoteName?: string | null
  state: string
  bytesFromGuest: number
  bytesToGuest: number
  rttMs: number | null
  idleMs: number
}

interface RatedEnds extends Ends {
  container: string | null
  sentPerSecond: number
  receivedPerSecond: number
}

/** @param none placeholder for zero. */
export const rate = (bytes: number, none: string): string => (bytes === 0 ? none : `${amount(bytes)}/s`)

/** A UDP socket is one flow with many remotes. */
function remoteCell({ remote, remotes, remoteName }: Ends): string {
  if (remotes > 1) return `${remote} +${remotes - 1}`
  return remoteName == null ? remote : `${remoteName} ${remote}`
}

/** Guest, direction, remote, state. */
export const endCells = (flow: Ends): [string, string, string, string] => [
  flow.guest,
  flow.from === 'guest' ? '→' : '←',
  remoteCell(flow),
  flow.state,
]

/** Round-trip and idle time. */
export const timeCells = ({ rttMs, idleMs }: Ends, none: string): [string, string] => [
  rttMs === null ? none : `${rttMs} ms`,
  seconds(idleMs),
]

/** Protocol, container, the ends, sent, received, total, the times: the columns of `desktop top` and the page. */
export const flowCells = (flow: RatedEnds, none: string): string[] => [
  flow.protocol,
  flow.container ?? none,
  ...endCells(flow),
  rate(flow.sentPerSecond, none),
  rate(flow.receivedPerSecond, none),
  amount(flow.bytesFromGuest + flow.bytesToGuest),
  ...timeCells(flow, none),
]
