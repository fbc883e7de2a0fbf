/** The forwarder's flows as a document (schemas/flows.schema.json) and as a table. */
import { amount, seconds } from '../../amount.ts'
import { endCells, timeCells } from '../../flow-cells.ts'
import { type DenialView, denialText } from '../../net/egress/denials.ts'
import type { EgressRuleView } from '../../net/egress/egress.ts'
import type { FlowView } from '../../net/flows.ts'
import type { EgressDenials } from '../../net/forwarder.ts'

export interface FlowsDocument {
  format: 'desktop-flows/1'
  environment: string
  /** Busiest first. */
  flows: readonly FlowView[]
  /** In order of evaluation; the default last. */
  egress: readonly EgressRuleView[]
  /** Denials of the rules, latest first. */
  denials: readonly DenialView[]
  /** Denials above the rate limit of the list. */
  unlistedDenials: number
}

const bytesOf = ({ bytesFromGuest, bytesToGuest }: FlowView): number => bytesFromGuest + bytesToGuest

export function flowsDocument(
  environment: string,
  flows: readonly FlowView[],
  egress: readonly EgressRuleView[],
  { listed, unlisted }: EgressDenials,
): FlowsDocument {
  return {
    format: 'desktop-flows/1',
    environment,
    flows: flows.toSorted((a, b) => bytesOf(b) - bytesOf(a)),
    egress,
    denials: listed,
    unlistedDenials: unlisted,
  }
}

const head = ['PROTO', 'GUEST', '', 'REMOTE', 'STATE', 'SENT', 'RECEIVED', 'RESENT', 'RTT', 'IDLE']

/** Shows rules only if there are any, and denials only if there are any. */
export function flowsView({ flows, egress, denials, unlistedDenials }: FlowsDocument): string {
  const rules = egress.map(({ rule, sends, names }) => [rule, String(sends), String(names)])
  const isOpen = egress.length === 0 || (egress.length === 1 && egress[0]?.rule === 'default allow')
  const refused = denials
    .slice(0, shownDenials)
    .map((denial) => [denialText(denial), denial.rule, String(denial.count), seconds(denial.idleMs)])
  const more = denials.length - refused.length + unlistedDenials
  return [
    table([head, ...flows.map(cells)]),
    isOpen ? '' : `\n${table([rulesHead, ...rules])}`,
    refused.length === 0 ? '' : `\n${table([deniedHead, ...refused])}`,
    more === 0 ? '' : `and ${more} more\n`,
  ].join('')
}

/** About one screen; the document contains all. */
const shownDenials = 20
const deniedHead = ['DENIED', 'BY', 'TIMES', 'AGO']

const rulesHead = ['EGRESS', 'SENDS', 'NAMES']

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Sent and received from the guest's point of view. */
function cells(flow: FlowView): string[] {
  return [
    flow.protocol,
    ...endCells(flow),
    amount(flow.bytesFromGuest),
    amount(flow.bytesToGuest),
    flow.protocol === 'tcp' ? String(flow.retransmissions) : '',
    ...timeCells(flow, ''),
  ]
}
