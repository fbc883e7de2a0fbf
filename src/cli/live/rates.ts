/** Bytes per second of each flow, from two samples of the byte counters. */
import type { FlowView } from '../../net/flows.ts'

export interface Rated extends FlowView {
  /** Bytes per second since a sample at least half a second earlier, as seen by the guest; 0 in the first. */
  sentPerSecond: number
  receivedPerSecond: number
}

interface Counted {
  bytesFromGuest: number
  bytesToGuest: number
}

/** A UDP socket of the guest is one flow, whatever its destinations. */
export const flowKey = ({ protocol, guest, remote, from }: FlowView): string =>
  protocol === 'udp' ? `udp ${guest}` : `tcp ${guest} ${from} ${remote}`

/** Shorter windows would turn each burst within a second into a rate. */
const windowMs = 500

interface Checkpoint {
  atMs: number
  counts: ReadonlyMap<string, Counted>
}

/** Keeps few samples, so closed flows are dropped quickly. */
export class FlowRates {
  /** Oldest first; rates are measured from one of them. */
  #checkpoints: Checkpoint[] = []

  /** @param nowMs monotonic time. */
  update(flows: readonly FlowView[], nowMs: number): Rated[] {
    const isOld = ({ atMs }: Checkpoint): boolean => nowMs - atMs >= windowMs
    const base = this.#checkpoints.findLast(isOld) ?? this.#checkpoints[0]
    const seconds = base === undefined ? 0 : (nowMs - base.atMs) / 1000
    const rated = flows.map((flow) => {
      // A flow that is new since then started at zero, as did one that reused the ports of another.
      const was = since(base?.counts.get(flowKey(flow)), flow)
      const rate = (bytes: number): number => (seconds <= 0 ? 0 : Math.round(bytes / seconds))
      return {
        ...flow,
        sentPerSecond: rate(flow.bytesFromGuest - was.bytesFromGuest),
        receivedPerSecond: rate(flow.bytesToGuest - was.bytesToGuest),
      }
    })
    this.#checkpoints = this.#checkpoints.filter(({ atMs }) => base === undefined || atMs >= base.atMs)
    const newest = this.#checkpoints.at(-1)
    if (newest === undefined || nowMs - newest.atMs >= windowMs / 2)
      this.#checkpoints.push({ atMs: nowMs, counts: new Map(flows.map((flow) => [flowKey(flow), flow])) })
    return rated
  }
}

const none: Counted = { bytesFromGuest: 0, bytesToGuest: 0 }

function since(was: Counted | undefined, is: Counted): Counted {
  if (was === undefined) return none
  const isSame = was.bytesFromGuest <= is.bytesFromGuest && was.bytesToGuest <= is.bytesToGuest
  return isSame ? was : none
}
