/**
 * Rolling restart: each node is drained first, and the next one waits until it is ready and its services have all
 * tasks. Nodes that are down come first; the leader comes last, since each election takes time. Pure.
 */
import type { Note, Operation, OperationId, OperationKind } from '../plan.ts'
import { type Census, type Member, nodeText, type SwarmNode } from './members.ts'
import { idOf, labelText, running, swarmOperation } from './operations.ts'
import { hasMajority, isReachable, type Quorum, whileDown, withOne, without } from './quorum.ts'

/** Operations that stop the engine, and with it all tasks of the node. */
const ends: readonly OperationKind[] = ['vm/stop', 'engine/restart', 'daemon/restart', 'disk/recreate']

export interface Rolled {
  operations: readonly Operation[]
  notes: readonly Note[]
}

interface RollInputs {
  operations: readonly Operation[]
  members: readonly Member[]
  census: Census
  /** Quorum after the membership changes. */
  quorum: Quorum
  /** Membership operations, which come first. */
  before: readonly OperationId[]
}

interface Restart {
  member: Member
  node: SwarmNode
  kinds: readonly OperationKind[]
}

export function rolled({ operations, members, census, quorum, before }: RollInputs): Rolled {
  const nodes = members.flatMap((member): Restart[] => {
    const standing = census.standings.get(member.machine)
    if (member.swarm === undefined || standing?.kind !== 'node') return []
    const kinds = operations.flatMap(({ machine, kind }) => (machine === member.machine ? [kind] : []))
    return [{ member, node: standing.node, kinds }]
  })
  const restarts = nodes.filter(({ kinds }) => kinds.some((kind) => ends.includes(kind)))
  if (restarts.length === 0) return { operations, notes: [] }
  const starts = nodes.filter(
    (one) => !restarts.includes(one) && isLost(one.node) && one.kinds.includes('engine/ready'),
  )
  const roll = new Roll({ ...quorum, reachable: quorum.reachable + starts.length }, before, nodes.length > 1)
  for (const { member } of starts) roll.await(member.machine)
  for (const one of restarts.toSorted((a, b) => rank(a.node) - rank(b.node)))
    roll.restart(
      one,
      operations.find(({ machine, kind }) => machine === one.member.machine && ends.includes(kind)),
    )
  const waiting = operations.map((one) => {
    const first = ends.includes(one.kind) ? roll.first.get(one.machine ?? '') : undefined
    return first === undefined ? one : { ...one, after: [...one.after, ...first] }
  })
  return { operations: [...waiting, ...roll.operations], notes: roll.notes }
}

const isLost = (node: SwarmNode): boolean => node.role === 'manager' && !isReachable(node)

const rank = (node: SwarmNode): number => {
  if (node.manager?.isLeader === true) return 2
  return node.state === 'ready' && !isLost(node) ? 1 : 0
}

class Roll {
  readonly operations: Operation[] = []
  readonly notes: Note[] = []
  /** Dependencies of each machine's restart, by machine. */
  readonly first = new Map<string, readonly OperationId[]>()
  readonly #others: boolean
  #quorum: Quorum
  #last: readonly OperationId[]

  constructor(quorum: Quorum, before: readonly OperationId[], others: boolean) {
    this.#quorum = quorum
    this.#last = before
    this.#others = others
  }

  /** For a manager that is down and will be started anyway. */
  await(machine: string): void {
    this.#add(machine, { kind: 'swarm/ready', subject: 'node', causes: [], after: running(machine) })
    this.#last = [...this.#last, idOf(machine, 'swarm/ready')]
  }

  restart({ member, node, kinds }: Restart, ending: Operation | undefined): void {
    const { machine } = member
    const causes = ending?.causes ?? []
    const isManager = node.role === 'manager'
    const isAlone = isManager && this.#quorum.managers === 1
    const isRecreated = kinds.includes('disk/recreate')
    const rest = isRecreated ? without(this.#quorum, node) : whileDown(this.#quorum, node)
    if (isManager && !isAlone && !hasMajority(rest)) this.#refuse(machine)
    if (isAlone && isRecreated) this.#lose(machine)
    const drained = this.#others ? [idOf(machine, 'swarm/drain')] : []
    if (this.#others) this.#add(machine, { kind: 'swarm/drain', subject: 'node', causes, after: this.#last })
    const demoted = isRecreated && !isAlone ? this.#rejoin(member, node, drained) : []
    const first = [...drained, ...demoted]
    this.first.set(machine, first)
    if (isAlone && isRecreated) return
    const after = [...first, idOf(machine, 'swarm/join'), ...running(machine)]
    this.#add(machine, { kind: 'swarm/ready', subject: 'node', causes: [], after })
    this.#last = [idOf(machine, 'swarm/ready')]
    // The node counts as reachable after the restart, even if it was not before.
    if (isManager) this.#quorum = withOne(without(this.#quorum, node))
  }

  /**
   * The node's identity is on the data disk: a manager is demoted before the disk is replaced, and rejoins as a new
   * node.
   */
  #rejoin({ machine, swarm }: Member, node: SwarmNode, drained: readonly OperationId[]): OperationId[] {
    const causes = [{ path: `swarm.nodes.${node.hostname}`, from: nodeText(node), to: 'a new disk' }]
    const demoted = node.role === 'manager' ? [idOf(machine, 'swarm/demote')] : []
    if (node.role === 'manager')
      this.#add(machine, { kind: 'swarm/demote', subject: 'worker', causes, after: drained })
    const after = [...running(machine), ...demoted]
    this.#add(machine, { kind: 'swarm/join', subject: swarm?.role ?? node.role, causes, after })
    const joined = [idOf(machine, 'swarm/join')]
    const remove = { kind: 'swarm/remove', subject: node.id, more: `/${node.id}`, causes } as const
    this.#add(machine, { ...remove, after: joined })
    const { labels = {} } = swarm ?? {}
    if (Object.keys(labels).length > 0)
      this.#add(machine, { kind: 'swarm/labels', subject: labelText(labels), causes, after: joined })
    return demoted
  }

  #add(machine: string, draft: Parameters<typeof swarmOperation>[1]): void {
    this.operations.push(swarmOperation(machine, draft))
  }

  #refuse(machine: string): void {
    const { managers } = this.#quorum
    this.notes.push({
      level: 'error',
      about: 'swarm',
      message: `${machine} has to restart, and without it no majority of the ${managers} managers answers`,
      hint: 'start the other managers first',
    })
  }

  #lose(machine: string): void {
    this.notes.push({
      level: 'warning',
      about: 'swarm',
      message: `the swarm is lost with the disk of ${machine}, its only manager`,
      hint: 'apply again once it runs: a new swarm is formed',
    })
  }
}
