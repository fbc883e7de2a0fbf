/** A stack as its compose file describes it, in the terms of the engine's API. */
import type { JsonValue } from '../../config/desired.ts'
import type { Note, Place } from '../plan.ts'

export type Spec = Readonly<Record<string, JsonValue>>

export interface WantedObject {
  /** Name in the swarm: `lab_web`. */
  name: string
  /** Body of the request that creates it. */
  spec: Spec
}

export interface WantedStack {
  /** Name of the stack, which is the start of its objects' names. */
  name: string
  services: readonly WantedObject[]
  networks: readonly WantedObject[]
  configs: readonly WantedObject[]
  /** With their contents: never log or store them. */
  secrets: readonly WantedObject[]
  /** Names of objects that must exist outside the stack. */
  external: Readonly<Record<'networks' | 'configs' | 'secrets', readonly string[]>>
  /** Location of each key of the file: `services.web.deploy.replicas`. */
  places: ReadonlyMap<string, Place>
  /** Texts with references to environment variables, by key; the values are never shown. */
  written: ReadonlyMap<string, string>
}

/** A stack that cannot be planned, e.g. of an invalid file. */
export interface RefusedStack {
  name: string
  refused: Note
  /** Environment variables that the file uses. */
  variables: readonly string[]
}
