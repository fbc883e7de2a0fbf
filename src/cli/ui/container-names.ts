/** Names of running containers on this host, as the supervisor serves them. */
import type { EngineClient } from '../../engine/client.ts'
import { routesOf } from '../../names/routes.ts'

export interface ContainerName {
  /** Below the domain: `web`, `web.acme`. */
  name: string
  container: string
  /** In the container. */
  port: number
}

/** Sorted by container, then by name. Rejects if the engine does not respond. */
export async function containerNames(
  engine: Pick<EngineClient, 'containers' | 'networks'>,
  vmAddress: string,
): Promise<readonly ContainerName[]> {
  const [containers, networks] = await Promise.all([engine.containers(), engine.networks()])
  return [...routesOf({ containers, networks }, vmAddress)]
    .map(([name, { container, port }]) => ({ name, container, port }))
    .sort((a, b) => compare(a.container, b.container) || compare(a.name, b.name))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
