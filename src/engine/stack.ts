/** The part of the engine's API that stacks consist of. Registry credentials are sent only as a header. */
import type { JsonValue } from '../config/desired.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { engineRequests } from './requests.ts'
import {
  type ImageDigest,
  parseContents,
  parseDigest,
  parseNetwork,
  parseNetworks,
  parseServiceSpecs,
  parseTasks,
  type Spec,
  type SwarmContent,
  type SwarmNetwork,
  type SwarmService,
  type SwarmTask,
  unlistedNetworks,
} from './stack-replies.ts'

export type StackObject = 'service' | 'network' | 'config' | 'secret'

/** All objects of the swarm, of stacks and others. */
export interface StackObjects {
  services: readonly SwarmService[]
  networks: readonly SwarmNetwork[]
  configs: readonly SwarmContent[]
  secrets: readonly SwarmContent[]
}

/** Of an engine that is a manager. */
export interface StackClient {
  objects(timeoutMs?: number): Promise<StackObjects>
  services(timeoutMs?: number): Promise<SwarmService[]>
  /** Tasks of the services' current versions, with those that changed last first. */
  tasks(serviceIds: readonly string[], timeoutMs?: number): Promise<SwarmTask[]>
  /** Those of earlier versions too, as far as the swarm keeps them. */
  taskHistory(serviceIds: readonly string[], timeoutMs?: number): Promise<SwarmTask[]>
  create(kind: StackObject, spec: Spec, auth?: string): Promise<void>
  /** @param version of the object as read; a change since fails. */
  update(kind: StackObject, of: { id: string; version: number }, spec: Spec, auth?: string): Promise<void>
  remove(kind: StackObject, id: string): Promise<void>
  /** Asks the image's registry. */
  digest(image: string, auth?: string): Promise<ImageDigest>
}

/** A registry on the other side of a slow link. */
const registryMs = 30_000
/** An engine has three such networks. */
const maxUnlisted = 8

export function stackClient(socketPath: string): StackClient {
  const { text } = engineRequests(socketPath)
  const within = (timeoutMs: number | undefined) => (timeoutMs === undefined ? {} : { timeoutMs })
  const header = (auth: string | undefined) =>
    auth === undefined ? {} : { headers: { 'X-Registry-Auth': auth } }
  const query = (path: string, given: Readonly<Record<string, string>>): string =>
    `${path}?${new URLSearchParams(given)}`
  const networkBy = async (id: string, timeoutMs: number | undefined): Promise<SwarmNetwork[]> => {
    try {
      const url = `/networks/${encodeURIComponent(id)}`
      return [parseNetwork(await text('/networks/ID', within(timeoutMs), url))]
    } catch (error) {
      // Its services then differ in their networks.
      if (error instanceof DesktopError && error.code === 'engine/request-failed') return []
      throw error
    }
  }
  const tasksBy = async (
    filters: Readonly<Record<string, readonly string[]>>,
    timeoutMs: number | undefined,
  ): Promise<SwarmTask[]> => {
    const url = query('/tasks', { filters: JSON.stringify(filters) })
    return parseTasks(await text('/tasks', within(timeoutMs), url))
  }
  return {
    objects: async (timeoutMs) => {
      const [services, networks, configs, secrets] = await Promise.all([
        text('/services', within(timeoutMs), query('/services', { status: 'true' })),
        text('/networks', within(timeoutMs)),
        text('/configs', within(timeoutMs)),
        text('/secrets', within(timeoutMs)),
      ])
      const found = parseServiceSpecs(services)
      const listed = parseNetworks(networks)
      const others = unlistedNetworks(found, listed).slice(0, maxUnlisted)
      const more = await Promise.all(others.map((id) => networkBy(id, timeoutMs)))
      return {
        services: found,
        networks: [...listed, ...more.flat()],
        configs: parseContents('/configs', configs),
        secrets: parseContents('/secrets', secrets),
      }
    },
    services: async (timeoutMs) =>
      parseServiceSpecs(await text('/services', within(timeoutMs), query('/services', { status: 'true' }))),
    // As the docker client does: tasks that need no replacement after an update.
    tasks: (service, timeoutMs) => tasksBy({ service, '_up-to-date': ['true'] }, timeoutMs),
    taskHistory: (service, timeoutMs) => tasksBy({ service }, timeoutMs),
    create: async (kind, spec, auth) => {
      await text(`/${kind}s/create`, { method: 'POST', body: body(spec), ...header(auth) })
    },
    update: async (kind, { id, version }, spec, auth) => {
      const url = `/${kind}s/${encodeURIComponent(id)}/update?version=${version}`
      await text(`/${kind}s/ID/update`, { method: 'POST', body: body(spec), ...header(auth) }, url)
    },
    remove: async (kind, id) => {
      await text(`/${kind}s/ID`, { method: 'DELETE' }, `/${kind}s/${encodeURIComponent(id)}`)
    },
    digest: async (image, auth) => {
      const url = `/distribution/${image}/json`
      return parseDigest(
        await text('/distribution/IMAGE/json', { timeoutMs: registryMs, ...header(auth) }, url),
      )
    },
  }
}

const body = (spec: Spec): JsonValue => ({ ...spec })
