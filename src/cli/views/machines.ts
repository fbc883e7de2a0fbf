/** State of several machines: one line each, or the status of each as JSON. */
import type { ServiceStatus } from '../../apply/cluster/stack/service-status.ts'
import type { Desired } from '../../config/desired.ts'
import { oneLine } from '../../escape.ts'
import { type Observation, observedValue } from '../../observation.ts'
import type { ObservedSwarm } from '../../observe/swarm.ts'
import { census, type Member } from '../../reconcile/swarm/members.ts'
import { hasMajority, isReachable, majority, quorumOf } from '../../reconcile/swarm/quorum.ts'
import type { Output } from '../output.ts'
import { differencesFromFile } from './drift.ts'
import { textOf } from './observations.ts'
import { stateColours } from './state-colours.ts'
import type { StatusDocument } from './status-document.ts'

export type MachineStatus = readonly [desired: Desired, status: StatusDocument]

export interface ClusterStatus {
  machines: readonly MachineStatus[]
  members: readonly Member[]
  observed: ObservedSwarm
  services: Observation<readonly ServiceStatus[]>
}

/** A machine's swarm node; `none` if it is in no swarm or another one. */
export type NodeStatus =
  | { state: 'none' | 'unknown' }
  | {
      state: 'ready' | 'down' | 'disconnected'
      role: 'manager' | 'worker'
      availability: 'active' | 'pause' | 'drain'
      labels: Readonly<Record<string, string>>
      /** For managers. */
      leader?: boolean
      reachable?: boolean
    }

/** Number of managers in total, responsive, and required for a quorum. */
interface QuorumStatus {
  state: 'ok' | 'lost'
  managers: number
  reachable: number
  needed: number
}

export interface MachinesDocument {
  format: 'desktop-machines/1'
  environment: string
  machines: readonly (StatusDocument & { machine: string; address: string; node?: NodeStatus })[]
  /** Absent for a file without a swarm. If no manager responds, the state is unknown. */
  swarm?: QuorumStatus | { state: 'unknown' }
  /** Services of the swarm; absent for a file without a swarm. */
  services?: Observation<readonly ServiceStatus[]>
}

export function machinesDocument({ machines, members, observed, services }: ClusterStatus): MachinesDocument {
  const hasSwarm = members.some(({ swarm }) => swarm !== undefined)
  const nodes = hasSwarm ? nodeStatuses(members, observed) : new Map<string, NodeStatus>()
  return {
    format: 'desktop-machines/1',
    environment: machines[0]?.[0].machine?.cluster ?? '',
    machines: machines.map(([{ machine, network, name }, status]) => {
      const node = nodes.get(machine?.name ?? '')
      return {
        ...status,
        machine: machine?.name ?? name,
        address: network.address,
        ...(node === undefined ? {} : { node }),
      }
    }),
    ...(hasSwarm ? { swarm: quorumStatus(observed), services } : {}),
  }
}

function nodeStatuses(members: readonly Member[], observed: ObservedSwarm): Map<string, NodeStatus> {
  const { standings } = census(members, observed, new Set())
  return new Map(
    [...standings].map(([machine, standing]): [string, NodeStatus] => {
      if (standing.kind !== 'node')
        return [machine, { state: standing.kind === 'unknown' ? 'unknown' : 'none' }]
      const { node } = standing
      const { state, role, availability, labels, manager } = node
      const voice = manager && { leader: manager.isLeader, reachable: isReachable(node) }
      if (state === 'unknown') return [machine, { state }]
      return [machine, { state, role, availability, labels, ...voice }]
    }),
  )
}

function quorumStatus({ nodes }: ObservedSwarm): NonNullable<MachinesDocument['swarm']> {
  const list = observedValue(nodes)?.nodes
  if (list === undefined) return { state: 'unknown' }
  const quorum = quorumOf(list)
  return { state: hasMajority(quorum) ? 'ok' : 'lost', ...quorum, needed: majority(quorum.managers) }
}

export function machinesView(status: ClusterStatus, { style }: Pick<Output, 'style'>): string {
  const { environment, machines: all, swarm, services } = machinesDocument(status)
  const running = all.filter(({ state }) => state === 'running').length
  const width = (cells: readonly string[]): number => Math.max(...cells.map((cell) => cell.length))
  const nameWidth = width(all.map(({ machine }) => machine))
  const addressWidth = width(all.map(({ address }) => address))
  const nodes = all.map(({ node }) => (node === undefined ? '' : `${nodeText(node)}  `))
  const nodeWidth = width(nodes)
  const lines = all.map(({ machine, address, state, engine, drift = [] }, index) => {
    const containers = textOf(engine, ({ running: names }) => `containers: ${names.join(', ') || 'none'}`)
    const differs = drift.length === 0 ? '' : `; ${differencesFromFile(drift.length)}`
    const node = (nodes[index] ?? '').padEnd(nodeWidth)
    return `  ${machine.padEnd(nameWidth)}  ${address.padEnd(addressWidth)}  ${style(stateColours[state], state.padEnd(9))}  ${node}${oneLine(containers)}${differs}`
  })
  const [first] = all
  const more = `  \`desktop status --machine ${first?.machine}\` shows one in full`
  return [
    style('bold', `${environment}  ${running} of ${all.length} running`),
    ...(swarm === undefined ? [] : [`  ${swarmText(swarm)}`]),
    ...lines,
    ...(services === undefined ? [] : serviceLines(services, managerOf(status.members))),
    more,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function nodeText(node: NodeStatus): string {
  if (!('role' in node)) return node.state === 'none' ? 'no node' : 'node unknown'
  const role = node.leader === true ? 'leader' : node.role
  return [
    role,
    ...[node.state, node.availability].filter((word) => word !== 'ready' && word !== 'active'),
  ].join(', ')
}

function swarmText(swarm: NonNullable<MachinesDocument['swarm']>): string {
  if (swarm.state === 'unknown') return 'swarm: no manager answers'
  const { managers, reachable, needed, state } = swarm
  return `swarm: ${reachable} of ${managers} managers answer, ${needed} needed${state === 'lost' ? ': no quorum' : ''}`
}

const managerOf = (members: readonly Member[]): string =>
  members.find(({ swarm }) => swarm?.role === 'manager')?.machine ?? ''

/** As `docker service ls` counts replicas. */
function serviceLines(services: Observation<readonly ServiceStatus[]>, manager: string): string[] {
  if (services.state === 'absent') return []
  if (services.state === 'unknown') return [`  services: unknown: ${oneLine(services.reason)}`]
  const all = services.value
  if (all.length === 0) return ['  services: none']
  const names = all.map(({ name }) => oneLine(name))
  const counts = all.map(({ running, desired }) => `${running}/${desired}`)
  const width = (cells: readonly string[]): number => Math.max(...cells.map(({ length }) => length))
  const open = all.filter(({ state }) => state !== 'converged')
  const hint = open[0] && `desktop docker ${manager} -- service ps --no-trunc ${oneLine(open[0].name)}`
  return [
    `  services: ${all.length - open.length} of ${all.length} converged`,
    ...all.map(({ message, rolledBack }, index) => {
      const [name = '', count = ''] = [names[index], counts[index]]
      const said = [message, rolledBack && `last update rolled back: ${rolledBack}`]
        .filter(Boolean)
        .join('; ')
      return `    ${name.padEnd(width(names))}  ${count.padEnd(width(counts))}  ${oneLine(said)}`.trimEnd()
    }),
    ...(hint === undefined ? [] : [`    \`${hint}\` shows its tasks`]),
  ]
}
