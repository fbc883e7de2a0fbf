/** The flows of the forwarder: one document (schemas/flows.schema.json), and its table. */
import type { EgressRuleView } from '../../net/egress/egress.ts'
import type { FlowView } from '../../net/flows.ts'
import { seconds } from './rows.ts'

export interface FlowsDocument {
  format: 'desktop-flows/1'
  environment: string
  /** Busiest first. */
  flows: readonly FlowView[]
  /** In the order in which they are tried; the default last. */
  egress: readonly EgressRuleView[]
}

const bytesOf = ({ bytesFromGuest, bytesToGuest }: FlowView): number => bytesFromGuest + bytesToGuest

export function flowsDocument(
  environment: string,
  flows: readonly FlowView[],
  egress: readonly EgressRuleView[],
): FlowsDocument {
  return {
    format: 'desktop-flows/1',
    environment,
    flows: flows.toSorted((a, b) => bytesOf(b) - bytesOf(a)),
    egress,
  }
}

const head = ['PROTO', 'GUEST', '', 'REMOTE', 'STATE', 'SENT', 'RECEIVED', 'RESENT', 'RTT', 'IDLE']

/** The rules only when there are any. */
export function flowsView({ flows, egress }: FlowsDocument): string {
  const rules = egress.map(({ rule, sends, names }) => [rule, String(sends), String(names)])
  const isOpen = egress.length === 0 || (egress.length === 1 && egress[0]?.rule === 'default allow')
  return table([head, ...flows.map(cells)]) + (isOpen ? '' : `\n${table([rulesHead, ...rules])}`)
}

const rulesHead = ['EGRESS', 'SENDS', 'NAMES']

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Sent and received as the guest sees it. */
function cells(flow: FlowView): string[] {
  return [
    flow.protocol,
    flow.guest,
    flow.from === 'guest' ? '→' : '←',
    // A UDP socket is one flow, whatever it sends to.
    flow.remotes > 1 ? `${flow.remote} +${flow.remotes - 1}` : flow.remote,
    flow.state,
    amount(flow.bytesFromGuest),
    amount(flow.bytesToGuest),
    flow.protocol === 'tcp' ? String(flow.retransmissions) : '',
    flow.rttMs === null ? '' : `${flow.rttMs} ms`,
    seconds(flow.idleMs),
  ]
}

/** `980 B`, `1.2 MB`. */
function amount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(1)} ${'kMGT'[power - 1]}B`
}
