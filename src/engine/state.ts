/** Known state of the engine in the VM. */
import type { JsonValue } from '../config/desired.ts'

/** A network that the engine made for containers. */
export interface ContainerNetwork {
  name: string
  /** CIDR. */
  subnets: readonly string[]
}

export type EngineState =
  | { state: 'down'; reason: string }
  | {
      state: 'up'
      apiVersion: string
      version: string
      /** `GET /info`, the keys that daemon.json decides. */
      info: Readonly<Record<string, JsonValue>>
      /** Names of running containers, sorted. */
      running: readonly string[]
      networks: readonly ContainerNetwork[]
    }
