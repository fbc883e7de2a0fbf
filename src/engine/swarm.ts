/** The engine's swarm API. Join tokens are sent only in request bodies. */
import { engineRequests } from './requests.ts'
import {
  type Availability,
  type JoinTokens,
  parseNodes,
  parseRunningTasks,
  parseSelf,
  parseServices,
  parseTokens,
  type ServiceHealth,
  type SwarmNode,
  type SwarmSelf,
} from './swarm-replies.ts'

export interface SwarmClient {
  self(timeoutMs?: number): Promise<SwarmSelf>
  /** Available on managers only; rejects without a quorum. */
  nodes(timeoutMs?: number): Promise<SwarmNode[]>
  services(): Promise<ServiceHealth[]>
  runningTasks(nodeId: string): Promise<number>
  tokens(): Promise<JoinTokens>
  /** @param pool address range for overlay networks. */
  init(address: string, pool: string): Promise<void>
  join(address: string, managers: readonly string[], token: string): Promise<void>
  leave(): Promise<void>
  update(node: SwarmNode, change: NodeChange): Promise<void>
  remove(nodeId: string): Promise<void>
}

export type NodeChange = Partial<{
  role: SwarmNode['role']
  availability: Availability
  labels: Readonly<Record<string, string>>
}>

const port = 2377
/**
 * Default of `docker swarm init`. A pool without a prefix length leaves networks without a subnet, on which
 * dockerd 26.1 panics.
 */
const overlayPrefix = 24
/** The engine replies after 20 s at the latest and keeps joining in the background. */
const joinMs = 60_000

export function swarmClient(socketPath: string): SwarmClient {
  const { text } = engineRequests(socketPath)
  const get = (path: string, query: Readonly<Record<string, string>> = {}): Promise<string> =>
    text(path, {}, `${path}?${new URLSearchParams(query)}`)
  const listen = (address: string) => ({
    ListenAddr: `0.0.0.0:${port}`,
    AdvertiseAddr: `${address}:${port}`,
  })
  return {
    self: async (timeoutMs) => parseSelf(await text('/info', timeoutMs === undefined ? {} : { timeoutMs })),
    nodes: async (timeoutMs) =>
      parseNodes(await text('/nodes', timeoutMs === undefined ? {} : { timeoutMs })),
    services: async () => parseServices(await get('/services', { status: 'true' })),
    runningTasks: async (nodeId) =>
      parseRunningTasks(await get('/tasks', { filters: JSON.stringify({ node: [nodeId] }) })),
    tokens: async () => parseTokens(await text('/swarm')),
    init: async (address, pool) => {
      const body = { ...listen(address), DefaultAddrPool: [pool], SubnetSize: overlayPrefix }
      await text('/swarm/init', { method: 'POST', body, timeoutMs: joinMs })
    },
    join: async (address, managers, JoinToken) => {
      const RemoteAddrs = managers.map((manager) => `${manager}:${port}`)
      const body = { ...listen(address), RemoteAddrs, JoinToken }
      await text('/swarm/join', { method: 'POST', body, timeoutMs: joinMs })
    },
    leave: async () => {
      await text('/swarm/leave', { method: 'POST', timeoutMs: joinMs }, '/swarm/leave?force=true')
    },
    update: async (node, { role = node.role, availability = node.availability, labels = node.labels }) => {
      const body = { Role: role, Availability: availability, Labels: { ...labels } }
      const url = `/nodes/${encodeURIComponent(node.id)}/update?version=${node.version}`
      await text('/nodes/ID/update', { method: 'POST', body }, url)
    },
    remove: async (nodeId) => {
      const url = `/nodes/${encodeURIComponent(nodeId)}?force=true`
      await text('/nodes/ID', { method: 'DELETE' }, url)
    },
  }
}
