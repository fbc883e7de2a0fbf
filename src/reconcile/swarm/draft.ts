/** Collects membership changes; changes of the managers' consensus form a chain. Pure. */
import type { Cause, Note, Operation, OperationId } from '../plan.ts'
import type { Census, Member, SwarmNode } from './members.ts'
import { idOf, labelCauses, labelText, machineOf, roleCause, running, swarmOperation } from './operations.ts'
import { hasMajority, isReachable, type Quorum, withOne, without } from './quorum.ts'

export interface Membership {
  operations: readonly Operation[]
  notes: readonly Note[]
  /** Quorum after all changes so far. */
  quorum: Quorum
}

export class Draft implements Membership {
  readonly operations: Operation[] = []
  readonly notes: Note[] = []
  quorum: Quorum
  /** The last consensus change, on which the next one depends. */
  #last: OperationId[] = []

  constructor(quorum: Quorum) {
    this.quorum = quorum
  }

  /** Lost managers first, since they count for the quorum without responding. */
  removeLost(nodes: readonly SwarmNode[]): void {
    const order = nodes.toSorted((a, b) => Number(isReachable(a)) - Number(isReachable(b)))
    for (const node of order) {
      const machine = machineOf(node) ?? node.hostname
      const cause = { path: `swarm.nodes.${node.hostname}`, from: node.state, to: undefined }
      const draft = { kind: 'swarm/remove', subject: node.id, more: `/${node.id}`, causes: [cause] } as const
      if (node.role !== 'manager') this.operations.push(swarmOperation(machine, draft))
      else this.#consensus(without(this.quorum, node), swarmOperation(machine, draft))
    }
  }

  /** Whether the plan results in a swarm. */
  init(members: readonly Member[], { standings }: Census): boolean {
    const asleep = members.filter(({ machine }) => standings.get(machine)?.kind !== 'out')
    if (asleep.length > 0) {
      const names = asleep.map(({ machine }) => machine).join(', ')
      const message = `no manager answers, so that nothing of the swarm is changed; unknown: ${names}`
      this.notes.push({ level: 'info', about: 'swarm', message, hint: 'apply again once these machines run' })
      return false
    }
    const first = members.find(({ swarm }) => swarm?.role === 'manager')
    if (first === undefined) return false
    const after = running(first.machine)
    const causes = [roleCause(first, undefined)]
    this.#consensus(
      withOne(this.quorum),
      swarmOperation(first.machine, { kind: 'swarm/init', subject: 'manager', causes, after }),
    )
    return true
  }

  join(member: Member, { standings }: Census): void {
    const { machine, swarm } = member
    if (swarm === undefined) return
    const standing = standings.get(machine)
    if (standing?.kind === 'alien') this.#alien(member)
    if (standing?.kind !== 'out' || this.#has(machine, 'swarm/init')) return
    const after = [...running(machine), ...this.#last]
    const causes = [roleCause(member, undefined)]
    const join = swarmOperation(machine, { kind: 'swarm/join', subject: swarm.role, causes, after })
    if (swarm.role === 'manager') this.#consensus(withOne(this.quorum), join)
    else this.operations.push(join)
  }

  promote(member: Member, { standings }: Census): void {
    const standing = standings.get(member.machine)
    if (standing?.kind !== 'node' || member.swarm?.role !== 'manager' || standing.node.role === 'manager')
      return
    const causes = [roleCause(member, 'worker')]
    const after = running(member.machine)
    const promote = { kind: 'swarm/promote', subject: 'manager', causes, after } as const
    this.#consensus(withOne(this.quorum), swarmOperation(member.machine, promote))
  }

  demote(member: Member, { standings }: Census): void {
    const standing = standings.get(member.machine)
    if (standing?.kind !== 'node' || member.swarm?.role !== 'worker' || standing.node.role === 'worker')
      return
    this.#demote(member.machine, standing.node, [roleCause(member, 'manager')])
  }

  /** For a machine of the file whose role was removed. */
  leave(member: Member, { standings }: Census): void {
    const { machine, swarm } = member
    const standing = standings.get(machine)
    if (standing?.kind !== 'node' || swarm !== undefined) return
    const { node } = standing
    const causes = [roleCause(member, node.role)]
    if (!this.#demote(machine, node, causes)) return
    const after = [...running(machine), idOf(machine, 'swarm/demote'), idOf(machine, 'swarm/drain')]
    this.operations.push(
      swarmOperation(machine, { kind: 'swarm/drain', subject: 'node', causes, after: after.slice(0, -1) }),
      swarmOperation(machine, { kind: 'swarm/leave', subject: 'swarm', causes, after }),
    )
  }

  /** The machine is removed once its node has no tasks and no vote. */
  removeWithMachine(node: SwarmNode): void {
    const machine = machineOf(node) ?? node.hostname
    const causes: Cause[] = [{ path: 'vms', from: machine, to: undefined }]
    if (!this.#demote(machine, node, causes, 'error')) return
    const gone = idOf(machine, 'machine/remove')
    const demoted = idOf(machine, 'swarm/demote')
    if (node.state === 'ready')
      this.operations.push(
        swarmOperation(machine, { kind: 'swarm/drain', subject: 'node', causes, after: [demoted] }),
      )
    const remove = { kind: 'swarm/remove', subject: node.id, more: `/${node.id}`, causes } as const
    this.operations.push(swarmOperation(machine, { ...remove, after: [gone, demoted] }))
  }

  setLabels(member: Member, { standings }: Census): void {
    const { machine, swarm } = member
    const standing = standings.get(machine)
    const joins = this.#has(machine, 'swarm/init') || this.#has(machine, 'swarm/join')
    if (swarm === undefined || (standing?.kind !== 'node' && !joins)) return
    const causes = labelCauses(member, standing?.kind === 'node' ? standing.node.labels : {})
    if (causes.length === 0) return
    const after = [idOf(machine, 'swarm/init'), idOf(machine, 'swarm/join')]
    const subject = labelText(swarm.labels)
    this.operations.push(swarmOperation(machine, { kind: 'swarm/labels', subject, causes, after }))
  }

  /** For a node that was drained or paused manually, or by an interrupted rolling restart. */
  activate({ machine }: Member, { standings }: Census): void {
    const standing = standings.get(machine)
    if (standing?.kind !== 'node' || standing.node.availability === 'active') return
    const cause = { path: `swarm.${machine}.availability`, from: standing.node.availability, to: 'active' }
    const draft = { kind: 'swarm/ready', subject: 'node', causes: [cause], after: running(machine) } as const
    this.operations.push(swarmOperation(machine, draft))
  }

  foreign({ hostname, id }: SwarmNode): void {
    const message = `the node ${hostname || id} is not in the file; it is left alone`
    this.notes.push({ level: 'info', about: 'swarm', message })
  }

  unconfirmed(machine: string): void {
    this.notes.push({
      level: 'warning',
      about: 'swarm',
      message: `${machine} calls itself a manager of the swarm, and no manager of the file confirms it`,
      hint: 'if it is one, make it a manager in the file until the others have joined',
      drift: true,
    })
  }

  #alien({ machine }: Member): void {
    this.notes.push({
      level: 'warning',
      about: 'swarm',
      message: `${machine} is in another swarm`,
      hint: `if nothing there is needed, \`desktop docker ${machine} -- swarm leave --force\`, then apply`,
      drift: true,
    })
  }

  /** Returns false if the managers would lose their majority. */
  #demote(
    machine: string,
    node: SwarmNode,
    causes: readonly Cause[],
    level: 'warning' | 'error' = 'warning',
  ): boolean {
    if (node.role === 'worker') return true
    const after = without(this.quorum, node)
    const demote = swarmOperation(machine, { kind: 'swarm/demote', subject: 'worker', causes })
    if (this.#consensus(after, demote)) return true
    this.notes.push({
      level,
      about: 'swarm',
      message: `${machine} stays a manager: of ${after.managers} managers without it ${after.reachable} would answer`,
      hint: 'start the other managers first',
      ...(level === 'error' ? {} : { drift: true }),
    })
    return false
  }

  /** One at a time, and only while a majority remains reachable afterwards. */
  #consensus(then: Quorum, operation: Operation): boolean {
    if (!hasMajority(then)) return false
    this.quorum = then
    this.operations.push({ ...operation, after: [...new Set([...operation.after, ...this.#last])] })
    this.#last = [operation.id]
    return true
  }

  #has(machine: string, kind: Operation['kind']): boolean {
    return this.operations.some(({ id }) => id === idOf(machine, kind))
  }
}
