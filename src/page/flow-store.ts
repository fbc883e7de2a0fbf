/** Flows of the page, updated by the server's changes. Pure: time is an argument. */
import type { LiveFlow } from '../cli/live/live.ts'
import type { FlowChanges, FlowRow } from '../cli/ui/flow-rows.ts'

export type PageFlow = Omit<LiveFlow, 'retransmissions'>

interface Kept {
  flow: PageFlow
  heardMs: number
}

export class FlowStore {
  readonly #kept = new Map<number, Kept>()

  apply({ isAll, gone, rows }: FlowChanges, nowMs: number): void {
    if (isAll) this.#kept.clear()
    for (const id of gone) this.#kept.delete(id)
    for (const row of rows) this.#kept.set(row[0], keptOf(row, nowMs))
  }

  /** An unchanged flow is the same object as before, except for its idle time. */
  list(nowMs: number): PageFlow[] {
    const flows: PageFlow[] = []
    for (const { flow, heardMs } of this.#kept.values()) {
      flow.idleMs = nowMs - heardMs
      flows.push(flow)
    }
    return flows
  }
}

function keptOf(row: FlowRow, nowMs: number): Kept {
  const [id, protocol, guest, from, remote, remotes, state, container, remoteName] = row
  const [sentPerSecond, receivedPerSecond, bytesFromGuest, bytesToGuest, rttMs, idleMs] = row.slice(9) as [
    number,
    number,
    number,
    number,
    number | null,
    number,
  ]
  const flow = {
    ...{ key: String(id), protocol, guest, from, remote, remotes, state, container, remoteName },
    ...{ sentPerSecond, receivedPerSecond, bytesFromGuest, bytesToGuest, rttMs, idleMs },
  }
  return { flow, heardMs: nowMs - idleMs }
}
