/** Known state of the engine in the VM. */
import type { JsonValue } from '../config/desired.ts'

/** A network that the engine made for containers. */
export interface ContainerNetwork {
  name: string
  /** CIDR. */
  subnets: readonly string[]
}

export type EngineInfo =
  | { state: 'down'; reason: string }
  | {
      state: 'up'
      apiVersion: string
      version: string
      /** `GET /info`, the keys that daemon.json decides. */
      info: Readonly<Record<string, JsonValue>>
      /** Names of running containers, sorted. */
      running: readonly string[]
      /** The longest `--stop-timeout` of them, -1 = no limit. Absent: of an earlier version, or nothing runs. */
      stopSeconds?: number
      networks: readonly ContainerNetwork[]
    }
