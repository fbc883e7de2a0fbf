/** Known state of the engine in the VM. */
import type { JsonValue } from '../config/desired.ts'

/** A container network created by the engine. */
export interface ContainerNetwork {
  name: string
  /** Subnets in CIDR notation. */
  subnets: readonly string[]
}

export type EngineInfo =
  | { state: 'down'; reason: string }
  | {
      state: 'up'
      apiVersion: string
      version: string
      /** Keys of `GET /info` that daemon.json sets. */
      info: Readonly<Record<string, JsonValue>>
      /** Names of running containers, sorted. */
      running: readonly string[]
      /** Those of `--network host`, which publish no ports. Absent: none, or the writer was an earlier version. */
      onHostNetwork?: readonly string[]
      /** Published SCTP ports, which the host does not forward. Absent: none, or the writer was an earlier version. */
      sctpPorts?: readonly number[]
      /**
       * Longest `--stop-timeout` of the running containers, -1 for no limit. Absent if none are running or
       * the writer was an earlier version.
       */
      stopSeconds?: number
      /** Member of a Docker swarm, or joining one. Absent: not, or the writer was an earlier version. */
      isInSwarm?: true
      networks: readonly ContainerNetwork[]
    }
