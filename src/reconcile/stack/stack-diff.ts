/** One stack: operations that lead from the objects of the swarm to those of its file. Pure. */
import type { LiveObjects } from '../../observe/stacks.ts'
import type { Cause, Interruption, Note, Operation, OperationId, Place, StackOperationKind } from '../plan.ts'
import { operation } from '../resources/resource.ts'
import { idOf } from '../swarm/operations.ts'
import { type KeyChange, serviceChanges } from './compare-service.ts'
import { contentChange, networkChange } from './immutable.ts'
import { stackLabel } from './service-keys.ts'
import { about, foreign, immutable, missingExternal, type Support, supports } from './stack-notes.ts'
import type { WantedObject, WantedStack } from './wanted.ts'
import { asWritten, sourcesOf } from './written.ts'

export interface StackDiff {
  operations: readonly Operation[]
  notes: readonly Note[]
  unchanged: number
}

interface Options {
  machine: string
  /** Operations on the swarm itself. */
  after: readonly OperationId[]
}

type LiveService = LiveObjects['services'][number]

export function stackDiff(stack: WantedStack, live: LiveObjects, { machine, after }: Options): StackDiff {
  const missing = missingExternal(stack, live, machine)
  if (missing.length > 0) return { operations: [], notes: missing, unchanged: 0 }
  const draft = (
    kind: StackOperationKind,
    [type, name]: readonly [string, string],
    more: Pick<Operation, 'causes'> & Partial<Operation>,
  ): Operation =>
    operation({
      kind,
      subject: `${type} ${name}`,
      machine,
      id: idOf(machine, kind, `/${type}/${name}`),
      ...more,
    })
  const isOwn = ({ labels }: { labels: Readonly<Record<string, string>> }): boolean =>
    labels[stackLabel] === stack.name
  const places = placesOf(stack)

  // Removed services first, because new ones may use their ports.
  const wanted = new Set(stack.services.map(({ name }) => name))
  const removed = live.services
    .filter((one) => isOwn(one) && !wanted.has(one.name))
    .map((service) =>
      draft('stack/remove', ['service', service.name], {
        causes: [{ path: `${about}.${service.name}`, from: 'running', to: undefined }],
        interruption: stopped(service),
        after,
      }),
    )
  const provided: Operation[] = []
  const notes: Note[] = []
  let unchanged = 0
  for (const type of supports) {
    for (const one of stack[`${type}s`]) {
      const there = live[`${type}s`].find(({ name }) => name === one.name)
      const at = places.ofSupport(type, one.name)
      if (there === undefined) {
        const cause = placed({ path: `${about}.${one.name}`, from: undefined, to: type }, at)
        provided.push(draft('stack/provide', [type, one.name], { causes: [cause], after }))
        continue
      }
      const change =
        'spec' in there ? networkChange(there.spec, one.spec) : contentChange(there, one.spec, type)
      if (change.kind === 'same') unchanged += 1
      else if (change.kind === 'labels')
        provided.push(
          draft('stack/provide', [type, one.name], {
            causes: change.causes.map(({ path, ...rest }) => {
              const cause = { path: `${about}.${one.name}.${path}`, ...rest }
              return placed(asWritten(cause, [places.supportKey(type, one.name, path)], stack.written), at)
            }),
            after,
          }),
        )
      else notes.push(immutable(type, one.name, change.what, at))
    }
  }
  const before = [...after, ...[...removed, ...provided].map(({ id }) => id)]
  const networks = new Map(live.networks.map(({ id, name }) => [id, name]))
  const services = stack.services.flatMap((one): Operation[] => {
    const there = live.services.find(({ name }) => name === one.name)
    if (there === undefined) {
      const to = imageOf(one)
      const cause = { path: `${about}.${one.name}`, from: undefined, to }
      const shown = asWritten(cause, sourcesOf(places.keyOf(one.name), 'image'), stack.written)
      const causes = [placed(shown, places.of(one.name))]
      return [draft('stack/create', ['service', one.name], { causes, after: before })]
    }
    if (!isOwn(there)) {
      notes.push(foreign(one.name, { stack: stack.name, machine, at: places.of(one.name) }))
      return []
    }
    const changes = serviceChanges(there.spec, one.spec, { networks })
    if (changes.length === 0) {
      unchanged += 1
      return []
    }
    const causes = changes.map(({ key, from, to }) => {
      const plain = { path: `${about}.${one.name}.${key}`, from, to }
      const cause = key.startsWith('environment.')
        ? plain
        : asWritten(plain, sourcesOf(places.keyOf(one.name), key), stack.written)
      return to === undefined ? cause : placed(cause, places.of(one.name, key))
    })
    return [
      draft('stack/update', ['service', one.name], {
        causes,
        interruption: replaced(there, changes),
        after: before,
      }),
    ]
  })
  // Services may use them until they are updated.
  const unused = supports.flatMap((type) =>
    live[`${type}s`]
      .filter((one) => isOwn(one) && !stack[`${type}s`].some(({ name }) => name === one.name))
      .map(({ name }) =>
        draft('stack/remove', [type, name], {
          causes: [{ path: `${about}.${name}`, from: type, to: undefined }],
          after: [...before, ...services.map(({ id }) => id)],
        }),
      ),
  )
  return { operations: [...removed, ...provided, ...services, ...unused], notes, unchanged }
}

const placed = (cause: Cause, at: Place | undefined): Cause => (at === undefined ? cause : { ...cause, at })

const imageOf = ({ spec }: WantedObject): string => {
  const task = spec.TaskTemplate as { ContainerSpec?: { Image?: string } } | undefined
  return task?.ContainerSpec?.Image ?? 'service'
}

const tasksOf = ({ name, tasks }: LiveService, count = tasks?.running ?? 0): Interruption =>
  count <= 0
    ? { kind: 'none' }
    : { kind: 'containers', names: [`${name} (${count} ${count === 1 ? 'task' : 'tasks'})`] }

const stopped = (service: LiveService): Interruption => tasksOf(service)

function replaced(service: LiveService, changes: readonly KeyChange[]): Interruption {
  if (changes.some(({ tasks }) => tasks === 'replaced')) return tasksOf(service)
  // Only tasks on nodes that no longer fit are moved.
  if (changes.some(({ tasks }) => tasks === 'placement')) return { kind: 'unknown' }
  const scaled = changes.find(({ key }) => key === 'deploy.replicas')
  return tasksOf(service, Number(scaled?.from ?? 1) - Number(scaled?.to ?? 1))
}

/** Locations in the compose file. */
function placesOf({ name: stack, places }: WantedStack) {
  const keyOf = (name: string): string => (name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name)
  return {
    keyOf,
    /** Of an object with another name than its key, all of the type. */
    supportKey: (type: Support, name: string, path: string): string =>
      places.has(`${type}s.${keyOf(name)}`) ? `${type}s.${keyOf(name)}.${path}` : `${type}s`,
    /** The key, or the next one above it. */
    of: (service: string, key = ''): Place | undefined => {
      const start = `services.${keyOf(service)}`
      for (let rest = key; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) {
        const place = places.get(`${start}.${rest}`)
        if (place !== undefined) return place
      }
      return places.get(start)
    },
    ofSupport: (type: Support, name: string): Place | undefined => places.get(`${type}s.${keyOf(name)}`),
  }
}
