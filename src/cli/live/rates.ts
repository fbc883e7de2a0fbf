/** Bytes per second of each flow, from the byte counts of two moments. */
import type { FlowView } from '../../net/flows.ts'

export interface Rated extends FlowView {
  /** Bytes per second since the sample before, as the guest sees them; 0 in the first. */
  sentPerSecond: number
  receivedPerSecond: number
}

interface Counted {
  bytesFromGuest: number
  bytesToGuest: number
}

/** A UDP socket of the guest is one flow, whatever it sent to last. */
export const flowKey = ({ protocol, guest, remote, from }: FlowView): string =>
  protocol === 'udp' ? `udp ${guest}` : `tcp ${guest} ${from} ${remote}`

/** Keeps one sample: a flow that has gone is forgotten with the next. */
export class FlowRates {
  #before: ReadonlyMap<string, Counted> | undefined
  #beforeMs = 0

  /** @param nowMs by a clock that never goes back. */
  update(flows: readonly FlowView[], nowMs: number): Rated[] {
    const before = this.#before
    const seconds = (nowMs - this.#beforeMs) / 1000
    const after = new Map<string, Counted>()
    const rated = flows.map((flow) => {
      const key = flowKey(flow)
      after.set(key, flow)
      // A flow that began since then had no bytes; so had one that took over the ports of another.
      const was = since(before?.get(key), flow)
      const rate = (bytes: number): number =>
        before === undefined || seconds <= 0 ? 0 : Math.round(bytes / seconds)
      return {
        ...flow,
        sentPerSecond: rate(flow.bytesFromGuest - was.bytesFromGuest),
        receivedPerSecond: rate(flow.bytesToGuest - was.bytesToGuest),
      }
    })
    this.#before = after
    this.#beforeMs = nowMs
    return rated
  }
}

const none: Counted = { bytesFromGuest: 0, bytesToGuest: 0 }

function since(was: Counted | undefined, is: Counted): Counted {
  if (was === undefined) return none
  const isSame = was.bytesFromGuest <= is.bytesFromGuest && was.bytesToGuest <= is.bytesToGuest
  return isSame ? was : none
}
