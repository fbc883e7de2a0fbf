/** The flows of the forwarder: one document (schemas/flows.schema.json), and its table. */
import type { FlowView } from '../../net/flows.ts'
import { seconds } from './rows.ts'

export interface FlowsDocument {
  format: 'desktop-flows/1'
  environment: string
  /** Busiest first. */
  flows: readonly FlowView[]
}

const bytesOf = ({ bytesFromGuest, bytesToGuest }: FlowView): number => bytesFromGuest + bytesToGuest

export function flowsDocument(environment: string, flows: readonly FlowView[]): FlowsDocument {
  return {
    format: 'desktop-flows/1',
    environment,
    flows: flows.toSorted((a, b) => bytesOf(b) - bytesOf(a)),
  }
}

const head = ['PROTO', 'GUEST', '', 'REMOTE', 'STATE', 'SENT', 'RECEIVED', 'RESENT', 'RTT', 'IDLE']

export function flowsView({ flows }: FlowsDocument): string {
  const rows = [head, ...flows.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Sent and received as the guest sees it. */
function cells(flow: FlowView): string[] {
  return [
    flow.protocol,
    flow.guest,
    flow.from === 'guest' ? '→' : '←',
    flow.remote,
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
