/** dockerd as its own API shows it. */
import type { JsonValue } from '../config/desired.ts'
import { engineClient } from '../engine/client.ts'
import { present, type Reading } from '../reading.ts'
import type { ObservedEngine } from './observed.ts'

/** Keys of `GET /info` that daemon.json decides; the others are counters and facts of the host. */
const kept = ['Debug', 'Labels', 'LiveRestoreEnabled', 'RegistryConfig', 'DefaultRuntime'] as const

/** Rejects when the engine does not answer; whoever calls sets the deadline. */
export async function observeEngine(socket: string): Promise<Reading<ObservedEngine>> {
  const client = engineClient(socket)
  const [info, containers] = await Promise.all([client.info(), client.containers()])
  return present({
    version: String(info.ServerVersion),
    info: Object.fromEntries(kept.map((key) => [key, (info[key] ?? null) as JsonValue])),
    running: containers.map(({ Names, Id }) => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)).sort(),
  })
}
