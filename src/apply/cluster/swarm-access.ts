/**
 * Access of the swarm steps to the engines: queries any responsive manager, and polls until changes take
 * effect.
 */
import { type NodeChange, type SwarmClient, swarmClient } from '../../engine/swarm.ts'
import type { SwarmNode } from '../../engine/swarm-replies.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { until } from '../../host/until.ts'
import { isBelieved, managersFirst } from '../../observe/swarm.ts'
import { hostnameOf, isNodeOf } from '../../reconcile/swarm/members.ts'
import type { Environment } from '../environment/environment.ts'
import { isManager, machineName } from './swarm.ts'

export interface Place {
  machine: string
  /** In the file. */
  isManager: boolean
  client: SwarmClient
  /** Path of docker.sock on this host. */
  socket: string
  address: string
  subnet: string
  labels: Readonly<Record<string, string>>
}

export interface SwarmAccessOptions {
  clientOf?: (socket: string) => SwarmClient
  /** Emulated engines on a busy host take a minute. */
  deadlineMs?: number
}

export interface SwarmAccess {
  placeOf(machine: string | undefined): Place
  /** Calls any responsive manager, except one that is about to be demoted. */
  byManager<T>(ask: (client: SwarmClient) => Promise<T>, except?: string): Promise<T>
  /** Socket of a responsive manager. */
  managerSocket(): Promise<string>
  nodes(except?: string): Promise<SwarmNode[]>
  /** Addresses of responsive managers. */
  managers(): Promise<string[]>
  /** Returns the node before the change. */
  change(machine: string, to: NodeChange): Promise<SwarmNode>
  /** Polls until the result is neither undefined nor false; unresponsive engines are retried. */
  wait<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T>
}

export function swarmAccess(
  environments: readonly Pick<Environment, 'desired' | 'dockerSocket'>[],
  { clientOf = swarmClient, deadlineMs = 120_000 }: SwarmAccessOptions = {},
): SwarmAccess {
  const places = new Map(
    environments.map(({ desired, dockerSocket }): [string, Place] => [
      machineName({ desired }),
      {
        machine: machineName({ desired }),
        isManager: isManager({ desired }),
        client: clientOf(dockerSocket),
        socket: dockerSocket,
        address: desired.network.address,
        subnet: desired.network.subnet,
        labels: desired.machine?.swarm?.labels ?? {},
      },
    ]),
  )
  const wait = async <T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> => {
    let last: unknown
    const quiet = async (): Promise<T | undefined | false> => {
      try {
        return await probe()
      } catch (error) {
        // The engine is busy, or the managers are holding an election.
        last = error
        return undefined
      }
    }
    return await until(quiet, { deadlineMs, intervalMs: 250 }).catch(() => {
      const why = last === undefined ? '' : `: ${messageOf(last)}`
      throw new DesktopError('swarm/not-ready', `${what} within ${deadlineMs / 1_000} s${why}`)
    })
  }

  const byManager = async <T>(
    ask: (client: SwarmClient, socket: string) => Promise<T>,
    except?: string,
  ): Promise<T> => {
    let last: unknown = new DesktopError('swarm/not-ready', 'no machine is a manager of the swarm')
    const vouched = new Set<string>()
    for (const place of managersFirst([...places.values()])) {
      const { machine, client, socket } = place
      if (machine === except) continue
      try {
        const self = await client.self()
        if (place.isManager) for (const address of self.managers) vouched.add(address)
        if (self.isManager && isBelieved(place, vouched)) return await ask(client, socket)
      } catch (error) {
        last = error
      }
    }
    throw last
  }
  const nodes = (except?: string): Promise<SwarmNode[]> => byManager((client) => client.nodes(), except)

  /** The swarm node of a machine; if the engine is down, looked up by name. */
  const nodeOf = async (machine: string): Promise<SwarmNode | undefined> => {
    const place = places.get(machine)
    const self = await place?.client.self().catch(() => undefined)
    const list = await nodes()
    return (
      list.find((one) => self !== undefined && isNodeOf(machine, self, one)) ??
      list.find(({ hostname }) => self === undefined && hostname === hostnameOf(machine))
    )
  }
  const change = (machine: string, to: NodeChange): Promise<SwarmNode> =>
    wait(`the node of ${machine} was not changed`, async () => {
      const node = await nodeOf(machine)
      if (node === undefined) return undefined
      // A change since the list was read fails on the version number; then read the list again.
      await byManager((client) => client.update(node, to))
      return node
    })
  const placeOf = (machine = ''): Place => {
    const place = places.get(machine)
    if (place === undefined) throw new Error(`${machine} is not in the file`)
    return place
  }
  const managers = async (): Promise<string[]> => {
    const reachable = (await nodes()).filter(({ manager }) => manager?.isReachable === true)
    const names = new Set(reachable.map(({ hostname }) => hostname))
    return [...places].flatMap(([machine, { address }]) => (names.has(hostnameOf(machine)) ? [address] : []))
  }
  const managerSocket = (): Promise<string> => byManager(async (_client, socket) => socket)
  return { placeOf, byManager, managerSocket, nodes, managers, change, wait }
}
