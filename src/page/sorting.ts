/** Filters and sorts the flow table. */
import type { PageFlow } from './flow-store.ts'

export const columns: readonly {
  title: string
  number?: true
  /** Sort key; amounts in descending order. */
  by?: (flow: PageFlow) => number | string
}[] = [
  { title: 'Proto', by: (flow) => flow.protocol },
  { title: 'Container', by: (flow) => flow.container ?? '' },
  { title: 'Guest', by: (flow) => flow.guest },
  { title: '' },
  { title: 'Remote', by: (flow) => flow.remote },
  { title: 'State', by: (flow) => flow.state },
  { title: 'Sent', number: true, by: (flow) => flow.sentPerSecond },
  { title: 'Received', number: true, by: (flow) => flow.receivedPerSecond },
  { title: 'Total', number: true, by: (flow) => flow.bytesFromGuest + flow.bytesToGuest },
  { title: 'RTT', number: true, by: (flow) => flow.rttMs ?? -1 },
  { title: 'Idle', number: true, by: (flow) => flow.idleMs },
]

export interface Order {
  /** undefined sorts by total rate. */
  column: string | undefined
  reversed: boolean
}

const wholeRate = (flow: PageFlow): number => flow.sentPerSecond + flow.receivedPerSecond

/** Ties are broken by total, then by key, so that rows stay in place between samples. */
export function sorted(flows: readonly PageFlow[], { column, reversed }: Order): PageFlow[] {
  const by = columns.find(({ title }) => title === column)?.by ?? wholeRate
  const sign = reversed ? -1 : 1
  const total = (flow: PageFlow): number => flow.bytesFromGuest + flow.bytesToGuest
  return flows.toSorted(
    (a, b) => sign * compare(by(a), by(b)) || total(b) - total(a) || compare(a.key, b.key),
  )
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return b - a
  return a < b ? -1 : a > b ? 1 : 0
}

/** Keeps flows that contain every word of the search. */
export function matching(flows: readonly PageFlow[], search: string): readonly PageFlow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return flows
  return flows.filter(({ protocol, container, guest, remote, remoteName, state }) => {
    const text =
      `${protocol} ${container ?? ''} ${guest} ${remoteName ?? ''} ${remote} ${state}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Command that captures the packets of a flow; quoted because of brackets. */
export function captureLine({ protocol, guest, remote, remotes }: PageFlow): string {
  const others = remotes > 1 ? ` +${remotes - 1}` : ''
  return `desktop pcap -w flow.pcap '${protocol} ${guest} ${remote}${others}'`
}
