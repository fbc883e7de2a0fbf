/** Steps on the swarm, through the engines' API. Each can be repeated after a crash at any point. */
import type { SwarmRole } from '../../config/desired.ts'
import type { SwarmNode, SwarmSelf } from '../../engine/swarm-replies.ts'
import type { SwarmOperationKind } from '../../reconcile/plan.ts'
import { isNodeOf } from '../../reconcile/swarm/members.ts'
import type { Environment } from '../environment/environment.ts'
import type { Step } from '../run/execute.ts'
import { type SwarmAccessOptions, swarmAccess } from './swarm-access.ts'
import { swarmPool } from './swarm-pool.ts'

export function swarmSteps(
  environments: readonly Pick<Environment, 'desired' | 'dockerSocket'>[],
  options: SwarmAccessOptions = {},
): Readonly<Record<SwarmOperationKind, Step>> {
  const { placeOf, byManager, nodes, managers, change, wait } = swarmAccess(environments, options)
  /** Ids of services that had all tasks running before a node was drained. */
  const whole = new Set<string>()

  const isMember = async ({ nodeId, state }: SwarmSelf): Promise<boolean> =>
    state === 'active' && (await nodes()).some(({ id }) => id === nodeId)

  const init: Step = async ([operation]) => {
    const { client, address, subnet } = placeOf(operation?.machine)
    const self = await client.self()
    if (self.state === 'active' && self.isManager) return
    if (self.state !== 'inactive') await client.leave()
    await client.init(address, swarmPool(subnet))
    await wait('the swarm did not come up', async () => (await client.nodes()).length > 0)
  }

  const join: Step = async ([operation]) => {
    const { machine = '', subject } = operation ?? {}
    const { client, address } = placeOf(machine)
    const self = await client.self()
    if (self.state !== 'inactive') {
      if (await isMember(self)) return
      await client.leave()
    }
    const token = (await byManager((one) => one.tokens()))[subject as SwarmRole]
    const refused: unknown = await client
      .join(address, await managers(), token)
      .catch((error: unknown) => error)
    // A slow join continues in the background.
    const { state } = refused === undefined ? { state: 'active' } : await client.self()
    if (state !== 'active' && state !== 'pending') throw refused
    await wait(`${machine} did not join`, async () => {
      const now = await client.self()
      const node = (await nodes()).find(({ id }) => id === now.nodeId)
      if (now.state !== 'active' || node?.state !== 'ready') return undefined
      return subject === 'worker' || node.manager?.isReachable === true
    })
  }

  const setRole =
    (role: SwarmRole): Step =>
    async ([operation]) => {
      const { machine = '' } = operation ?? {}
      const { id } = await change(machine, { role })
      await wait(`${machine} did not become a ${role}`, async () => {
        const node = (await nodes(role === 'worker' ? machine : undefined)).find((one) => one.id === id)
        return role === 'worker' ? node?.manager === undefined : node?.manager?.isReachable === true
      })
    }

  const drain: Step = async ([operation]) => {
    const { machine = '' } = operation ?? {}
    const services = await byManager((client) => client.services())
    for (const { id, running, wanted } of services) if (running >= wanted) whole.add(id)
    const { id } = await change(machine, { availability: 'drain' })
    await wait(`tasks on ${machine} did not end`, async () => {
      // A node that is down does not report the end of its tasks.
      const isUp = (await nodes()).some((one) => one.id === id && one.state === 'ready')
      return !isUp || (await byManager((client) => client.runningTasks(id))) === 0
    })
  }

  const ready: Step = async ([operation]) => {
    const { machine = '' } = operation ?? {}
    const { id } = await change(machine, { availability: 'active' })
    await wait(`${machine} is not ready`, async () => {
      const node = (await nodes()).find((one) => one.id === id)
      return node?.state === 'ready' && (node.role === 'worker' || node.manager?.isReachable === true)
    })
    await wait('services are not whole again', async () => {
      const services = await byManager((client) => client.services())
      return services.every(({ id: service, running, wanted }) => !whole.has(service) || running >= wanted)
    })
  }

  /** Demotes a manager first, because the engine does not remove managers. */
  const removeNode = async (isWanted: (node: SwarmNode) => boolean): Promise<void> => {
    await wait('the node was not removed', async () => {
      const node = (await nodes()).find(isWanted)
      if (node === undefined) return true
      await byManager((client) =>
        node.role === 'manager' ? client.update(node, { role: 'worker' }) : client.remove(node.id),
      )
      return undefined
    })
  }

  const leave: Step = async ([operation]) => {
    const { client, machine } = placeOf(operation?.machine)
    const self = await client.self()
    if (self.state !== 'inactive') await client.leave()
    if (self.nodeId !== '') await removeNode((node) => isNodeOf(machine, self, node))
  }

  const labels: Step = async ([operation]) => {
    const { machine = '' } = operation ?? {}
    await change(machine, { labels: placeOf(machine).labels })
  }

  return {
    'swarm/init': init,
    'swarm/join': join,
    'swarm/promote': setRole('manager'),
    'swarm/demote': setRole('worker'),
    'swarm/labels': labels,
    'swarm/drain': drain,
    'swarm/ready': ready,
    'swarm/leave': leave,
    'swarm/remove': async ([operation]) => removeNode(({ id }) => id === operation?.subject),
  }
}
