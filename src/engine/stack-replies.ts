/** Replies about services, networks, configs and secrets of a swarm, limited and validated like all others (replies.ts). */
import * as v from 'valibot'
import type { JsonValue } from '../config/desired.ts'
import { isShallow, listOf, listOrNull, mapOf, parsed, type Schema, text } from './reply-schema.ts'

export type Spec = Readonly<Record<string, JsonValue>>

/** A config or secret; engines do not return contents of secrets. */
export interface SwarmContent {
  id: string
  version: number
  name: string
  labels: Readonly<Record<string, string>>
  /** Base64. */
  data: string | undefined
  /** External store of a secret. */
  driver: ContentDriver | undefined
  /** Expands the content for each task. */
  templating: ContentDriver | undefined
}

export interface ContentDriver {
  name: string
  options: Readonly<Record<string, string>>
}

export interface SwarmNetwork {
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  /** As in the request that creates it, with defaults filled in. */
  spec: Spec
}

export interface SwarmService {
  id: string
  version: number
  name: string
  labels: Readonly<Record<string, string>>
  spec: Spec
  /** Running and desired tasks, if requested. */
  tasks: { running: number; wanted: number } | undefined
  /** State of the last update, and when it ran. */
  update: { state: string; message: string; startedMs?: number; endedMs?: number } | undefined
}

export interface SwarmTask {
  id: string
  serviceId: string
  /** Replicas share a service by slots; global tasks by nodes. */
  place: string
  state: string
  /** Why it failed or waits; empty if there is no reason. */
  error: string
  /** When its state changed. */
  changedMs?: number
}

/** Digest of an image in its registry, and the platforms that it is for. */
export interface ImageDigest {
  digest: string
  platforms: readonly { Architecture: string; OS: string }[]
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const labels = v.nullish(mapOf(v.string()))
const version = v.object({ Index: count })
const tooDeep = 'is nested too deep'

const driver = v.nullish(v.object({ Name: text, Options: v.nullish(mapOf(v.string())) }))

const contents = listOrNull(
  v.object({
    ID: text,
    Version: version,
    Spec: v.object({
      Name: text,
      Labels: labels,
      Data: v.nullish(v.string()),
      Driver: driver,
      Templating: driver,
    }),
  }),
)

const services = listOrNull(
  v.object({
    ID: text,
    Version: version,
    Spec: v.pipe(
      v.looseObject({ Name: text, Labels: labels }),
      v.check((value) => isShallow(value), tooDeep),
    ),
    ServiceStatus: v.nullish(v.object({ RunningTasks: count, DesiredTasks: count })),
    UpdateStatus: v.nullish(
      v.object({
        State: v.nullish(text),
        Message: v.nullish(v.string()),
        StartedAt: v.nullish(v.string()),
        CompletedAt: v.nullish(v.string()),
      }),
    ),
  }),
)

const network = v.pipe(
  v.looseObject({ Id: text, Name: text, Scope: text, Labels: labels }),
  v.check((value) => isShallow(value), tooDeep),
)
const networks = listOrNull(network)

const tasks = listOrNull(
  v.object({
    ID: text,
    ServiceID: text,
    Slot: v.nullish(count),
    NodeID: v.nullish(text),
    Status: v.object({ State: text, Err: v.nullish(v.string()), Timestamp: v.nullish(v.string()) }),
  }),
)

const digest: Schema<{
  Descriptor: { digest: string }
  Platforms?: { architecture?: string | undefined; os?: string | undefined }[] | null | undefined
}> = v.object({
  Descriptor: v.object({ digest: v.pipe(text, v.regex(/^[a-z0-9]+:[a-f0-9]{32,}$/)) }),
  Platforms: v.nullish(listOf(v.object({ architecture: v.optional(text), os: v.optional(text) }))),
})

export const parseContents = (path: string, body: string): SwarmContent[] =>
  parsed(contents, path, body).map(({ ID, Version, Spec: { Name, Labels, Data, Driver, Templating } }) => ({
    id: ID,
    version: Version.Index,
    name: Name,
    labels: Labels ?? {},
    data: Data ?? undefined,
    driver: driverOf(Driver),
    templating: driverOf(Templating),
  }))

const driverOf = (given: v.InferOutput<typeof driver>): ContentDriver | undefined =>
  given ? { name: given.Name, options: given.Options ?? {} } : undefined

export const parseServiceSpecs = (body: string): SwarmService[] =>
  parsed(services, '/services', body).map(({ ID, Version, Spec: given, ServiceStatus, UpdateStatus }) => ({
    id: ID,
    version: Version.Index,
    name: given.Name,
    labels: given.Labels ?? {},
    spec: given as Spec,
    tasks: ServiceStatus
      ? { running: ServiceStatus.RunningTasks, wanted: ServiceStatus.DesiredTasks }
      : undefined,
    update: UpdateStatus?.State
      ? {
          state: UpdateStatus.State,
          message: UpdateStatus.Message ?? '',
          ...(UpdateStatus.StartedAt ? { startedMs: timeMs(UpdateStatus.StartedAt) } : {}),
          ...(UpdateStatus.CompletedAt ? { endedMs: timeMs(UpdateStatus.CompletedAt) } : {}),
        }
      : undefined,
  }))

export const parseNetworks = (body: string): SwarmNetwork[] =>
  parsed(networks, '/networks', body)
    .filter(({ Scope }) => Scope === 'swarm')
    .map(networkOf)

export const parseNetwork = (body: string): SwarmNetwork => networkOf(parsed(network, '/networks/ID', body))

const networkOf = (spec: v.InferOutput<typeof network>): SwarmNetwork => ({
  id: spec.Id,
  name: spec.Name,
  labels: spec.Labels ?? {},
  spec: spec as Spec,
})

/** Ids of networks that services use and the list does not have: `host` and `bridge` of the swarm. */
export function unlistedNetworks(
  services: readonly SwarmService[],
  listed: readonly SwarmNetwork[],
): readonly string[] {
  const known = new Set(listed.map(({ id }) => id))
  const used = services.flatMap(({ spec }) => {
    const { Networks } = (spec.TaskTemplate ?? {}) as { Networks?: { Target?: string }[] | null }
    return (Networks ?? []).flatMap(({ Target }) => Target ?? [])
  })
  return [...new Set(used)].filter((id) => !known.has(id))
}

/** Those that changed last first, so that the first error is the newest. */
export const parseTasks = (body: string): SwarmTask[] =>
  parsed(tasks, '/tasks', body)
    .toSorted((a, b) => timeMs(b.Status.Timestamp) - timeMs(a.Status.Timestamp))
    .map(({ ID, ServiceID, Slot, NodeID, Status }) => ({
      id: ID,
      serviceId: ServiceID,
      place: Slot ? String(Slot) : (NodeID ?? ''),
      state: Status.State,
      error: Status.Err ?? '',
      changedMs: timeMs(Status.Timestamp),
    }))

const timeMs = (text: string | null | undefined): number => Date.parse(text ?? '') || 0

export function parseDigest(body: string): ImageDigest {
  const { Descriptor, Platforms } = parsed(digest, '/distribution/IMAGE/json', body)
  const known = (Platforms ?? []).filter(({ os, architecture }) => ![os, architecture].includes('unknown'))
  const platforms = known.map(({ os = '', architecture = '' }) => ({
    // Nodes call themselves armv7l, so that "arm" would match none (moby/swarmkit#2294).
    Architecture: architecture === 'arm' ? '' : architecture,
    OS: os,
  }))
  return {
    digest: Descriptor.digest,
    platforms: [...new Map(platforms.map((one) => [JSON.stringify(one), one])).values()],
  }
}
