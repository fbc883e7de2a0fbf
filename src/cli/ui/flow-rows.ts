/**
 * Flows as table rows: all at first, then only changes. An array of numbers and strings is a third the size
 * of the object, and most of ten thousand flows are idle.
 */
import type { LiveFlow } from '../live/live.ts'

export type FlowRow = readonly [
  id: number,
  protocol: LiveFlow['protocol'],
  guest: string,
  from: LiveFlow['from'],
  remote: string,
  remotes: number,
  state: string,
  container: string | null,
  remoteName: string | null,
  sentPerSecond: number,
  receivedPerSecond: number,
  bytesFromGuest: number,
  bytesToGuest: number,
  rttMs: number | null,
  idleMs: number,
]

export interface FlowChanges {
  /** The rows are complete, not just changes. */
  isAll: boolean
  gone: readonly number[]
  rows: readonly FlowRow[]
}

interface Sent {
  id: number
  flow: LiveFlow
  /** Time of the flow's last packet, by the samples' clock. */
  heardMs: number
}

/** The page counts idle time itself; smaller clock drift is not corrected. */
const driftMs = 500

export class FlowRows {
  readonly #sent = new Map<string, Sent>()
  #nextId = 1

  /**
   * Changes since the previous sample.
   * @param atMs monotonic time.
   */
  update(flows: readonly LiveFlow[], atMs: number): FlowChanges {
    const rows: FlowRow[] = []
    const gone: number[] = []
    const present = new Set<string>()
    for (const flow of flows) {
      present.add(flow.key)
      const before = this.#sent.get(flow.key)
      const heardMs = atMs - flow.idleMs
      if (before !== undefined && isQuiet(before, flow, heardMs)) continue
      const id = before?.id ?? this.#nextId
      if (before === undefined) this.#nextId += 1
      this.#sent.set(flow.key, { id, flow, heardMs })
      rows.push(rowOf(id, flow, flow.idleMs))
    }
    if (present.size < this.#sent.size)
      for (const [key, { id }] of this.#sent) {
        if (present.has(key)) continue
        gone.push(id)
        this.#sent.delete(key)
      }
    return { isAll: false, gone, rows }
  }

  /** All rows of the last sample, for a page that has none or missed one. */
  all(atMs: number): FlowChanges {
    const rows = [...this.#sent.values()].map(({ id, flow, heardMs }) =>
      rowOf(id, flow, Math.max(0, Math.round(atMs - heardMs))),
    )
    return { isAll: true, gone: [], rows }
  }
}

function isQuiet({ flow: was, heardMs: wasHeardMs }: Sent, is: LiveFlow, heardMs: number): boolean {
  return (
    was.bytesFromGuest === is.bytesFromGuest &&
    was.bytesToGuest === is.bytesToGuest &&
    was.sentPerSecond === is.sentPerSecond &&
    was.receivedPerSecond === is.receivedPerSecond &&
    was.state === is.state &&
    was.container === is.container &&
    was.remoteName === is.remoteName &&
    was.remote === is.remote &&
    was.remotes === is.remotes &&
    Math.abs(heardMs - wasHeardMs) < driftMs
  )
}

const rowOf = (id: number, flow: LiveFlow, idleMs: number): FlowRow => [
  id,
  flow.protocol,
  flow.guest,
  flow.from,
  flow.remote,
  flow.remotes,
  flow.state,
  flow.container,
  flow.remoteName,
  flow.sentPerSecond,
  flow.receivedPerSecond,
  flow.bytesFromGuest,
  flow.bytesToGuest,
  flow.rttMs,
  Math.round(idleMs),
]
