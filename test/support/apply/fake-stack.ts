/** The stack objects of a swarm in memory; services converge at once. */
import type { StackClient, StackObjects } from '../../../src/engine/stack.ts'
import type { SwarmService } from '../../../src/engine/stack-replies.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import { echoed } from '../reconcile/stack.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : never }

export interface FakeStack {
  objects: Writable<StackObjects>
  /** `METHOD kind name`, in order. */
  calls: string[]
  credentials: (string | undefined)[]
  /** Updates to refuse because of another change. */
  conflicts: number
  /** Removals to refuse because tasks are still stopping. */
  inUse: number
  /** Creations to refuse, e.g. because the managers elect a leader. */
  busy: number
  /** Readings of all objects. */
  readings: number
  /** Services whose tasks are rejected. */
  broken: Set<string>
  digests: Map<string, string>
  client: StackClient
}

export function fakeStack(): FakeStack {
  let version = 1
  const objects: FakeStack['objects'] = { services: [], networks: [], configs: [], secrets: [] }
  const fake: FakeStack = {
    objects,
    calls: [],
    credentials: [],
    conflicts: 0,
    inUse: 0,
    busy: 0,
    readings: 0,
    broken: new Set(),
    digests: new Map(),
    client: {
      objects: async () => {
        fake.readings += 1
        return structuredClone(objects)
      },
      services: async () => structuredClone(objects.services),
      tasks: async (ids) =>
        objects.services
          .filter(({ id }) => ids.includes(id))
          .map(({ id, name, version: of }) => ({
            id: `${name}-${of}`,
            serviceId: id,
            place: '1',
            ...(fake.broken.has(name)
              ? { state: 'rejected', error: 'No such image' }
              : { state: 'running', error: '' }),
          })),
      taskHistory: async () => [],
      create: async (kind, spec, auth) => {
        const name = String(spec.Name)
        fake.calls.push(`create ${kind} ${name}`)
        if (fake.busy > 0) {
          fake.busy -= 1
          throw new DesktopError('engine/request-failed', 'The swarm does not have a leader')
        }
        fake.credentials.push(auth)
        version += 1
        const labels = (spec.Labels ?? {}) as Record<string, string>
        const common = { id: `id-${name}`, version, name, labels }
        if (kind === 'service') objects.services.push(serviceOf(common, echoed(spec)))
        else if (kind === 'network') objects.networks.push({ ...common, spec })
        else
          objects[`${kind}s`].push({
            ...common,
            data: kind === 'config' ? String(spec.Data) : undefined,
            driver: undefined,
            templating: undefined,
          })
      },
      update: async (kind, { id, version: read }, spec, auth) => {
        fake.calls.push(`update ${kind} ${String(spec.Name)}`)
        fake.credentials.push(auth)
        if (fake.conflicts > 0) {
          fake.conflicts -= 1
          throw new DesktopError('engine/request-failed', 'update out of sequence')
        }
        version += 1
        const labels = (spec.Labels ?? {}) as Record<string, string>
        if (kind === 'service')
          objects.services = objects.services.map((one) =>
            one.id === id && one.version === read
              ? serviceOf({ ...one, version, labels }, echoed(spec))
              : one,
          )
        else if (kind !== 'network')
          objects[`${kind}s`] = objects[`${kind}s`].map((one) =>
            one.id === id ? { ...one, version, labels } : one,
          )
      },
      remove: async (kind, id) => {
        fake.calls.push(`remove ${kind} ${id.replace(/^id-/, '')}`)
        if (fake.inUse > 0) {
          fake.inUse -= 1
          throw new DesktopError('engine/request-failed', 'network is in use by task')
        }
        const left = <T extends { id: string }>(list: readonly T[]): T[] =>
          list.filter((one) => one.id !== id)
        if (kind === 'service') objects.services = left(objects.services)
        else if (kind === 'network') objects.networks = left(objects.networks)
        else objects[`${kind}s`] = left(objects[`${kind}s`])
      },
      digest: async (image) => {
        const digest = fake.digests.get(image)
        if (digest === undefined) throw new DesktopError('engine/request-failed', 'no such image')
        return { digest, platforms: [{ Architecture: 'amd64', OS: 'linux' }] }
      },
    },
  }
  return fake
}

const serviceOf = (
  common: Pick<SwarmService, 'id' | 'version' | 'name' | 'labels'>,
  spec: SwarmService['spec'],
): SwarmService => ({
  ...common,
  spec,
  tasks: { running: 1, wanted: 1 },
  update: { state: 'completed', message: '' },
})
