/**
 * A service as its keys in a compose file, so that what the file wants and what the engine has can be compared. Defaults
 * that the engine fills in, ids that it assigns, and the order of sets do not count. Pure.
 */
import type { JsonValue } from '../../config/desired.ts'
import { canonical } from '../values.ts'
import { asSet, defaults, ignored, isMap, listOf, mapOf, rows } from './compose-keys.ts'
import type { Spec } from './wanted.ts'

/** What a change of the key does to running tasks; `placement` only moves those on unsuitable nodes. */
export type TaskEffect = 'none' | 'replaced' | 'placement'

export interface ServiceKey {
  value: JsonValue
  tasks: TaskEffect
}

/** Keyed by compose key: `deploy.replicas`, `labels.a`, `environment.PATH`. */
export type ServiceKeys = ReadonlyMap<string, ServiceKey>

export const stackLabel = 'com.docker.stack.namespace'
/** Image as written; docker adds it to compare tags. */
const imageLabel = 'com.docker.stack.image'

export interface KeysOptions {
  /** Network names by id. */
  networks: ReadonlyMap<string, string>
}

export function serviceKeys(spec: Spec, { networks }: KeysOptions): ServiceKeys {
  const found = new Map<string, ServiceKey>()
  const put = (key: string, path: string, value: JsonValue): void => {
    if (ignored.has(key) || isEmpty(key, value) || canonical(defaults[key]) === canonical(value)) return
    found.set(key, { value, tasks: effectOf(path) })
  }
  const walk = (path: string, key: string, value: JsonValue): void => {
    const row = rows[path]
    const form = row?.form
    if (isMap(value) && form === undefined) {
      for (const [name, inner] of Object.entries(value)) {
        const below = path === '' ? name : `${path}.${name}`
        const own = row?.isMap === true ? name : snake(name)
        walk(below, rows[below]?.key ?? joined(key, own), inner)
      }
      // A key of the user's with an empty value is set.
    } else if (row === undefined && isUserKey(path)) found.set(key, { value, tasks: effectOf(path) })
    else put(key, path, form === undefined ? stripped(value) : form(stripped(value)))
  }
  const { Name: _name, ...rest } = spec
  walk('', '', simplified(rest, networks))
  return found
}

/** Whether the key is a label, variable or option, which the user names. */
const isUserKey = (path: string): boolean =>
  Object.entries(rows).some(([start, { isMap: of }]) => of === true && path.startsWith(`${start}.`))

/** In swarmkit, tasks are compared with TaskTemplate and EndpointSpec (orchestrator/task.go, IsTaskDirty). */
function effectOf(path: string): TaskEffect {
  if (path.startsWith('TaskTemplate.Placement')) return 'placement'
  // A change of the mode recreates the service.
  return /^(TaskTemplate|EndpointSpec|Mode\.mode)\b/.test(path) ? 'replaced' : 'none'
}

/** Lists and references of the API in the form of maps and names. */
function simplified(spec: Spec, networks: ReadonlyMap<string, string>): JsonValue {
  const task = mapOf(spec.TaskTemplate)
  const container = mapOf(task.ContainerSpec)
  const { [imageLabel]: _image, [stackLabel]: _stack, ...labels } = mapOf(spec.Labels)
  const { [stackLabel]: _own, ...containerLabels } = mapOf(container.Labels)
  return {
    ...spec,
    Labels: labels,
    Mode: modeOf(spec.Mode),
    TaskTemplate: {
      ...task,
      Networks: Object.fromEntries(
        listOf(task.Networks).map((network) => {
          const { Target, Aliases, ...more } = mapOf(network)
          const target = String(Target)
          const aliases = asSet(Aliases ?? [])
          const value = Object.keys(more).length === 0 ? aliases : { aliases, ...more }
          return [networks.get(target) ?? target, value]
        }),
      ),
      ContainerSpec: {
        ...container,
        Labels: containerLabels,
        Env: variables(container.Env),
        Secrets: listOf(container.Secrets).map((one) => without(one, 'SecretID')),
        Configs: listOf(container.Configs).map((one) => without(one, 'ConfigID')),
      },
    },
  }
}

/** `{ Replicated: { Replicas: 2 } }` → mode and replicas. */
function modeOf(value: JsonValue | undefined): JsonValue {
  const [[name, settings] = ['Replicated', {}]] = Object.entries(mapOf(value))
  const mode = snake(name).replaceAll('_', '-')
  return { mode, ...Object.fromEntries(Object.entries(mapOf(settings))) }
}

const variables = (value: JsonValue | undefined): Record<string, JsonValue> =>
  Object.fromEntries(
    listOf(value).map((one) => {
      const text = String(one)
      const at = text.indexOf('=')
      // A variable without a value is removed from those of the image.
      return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
    }),
  )

const without = (value: JsonValue, name: string): JsonValue => {
  const { [name]: _left, ...rest } = mapOf(value)
  return rest
}

const isEmpty = (key: string, value: JsonValue): boolean =>
  value === null ||
  value === '' ||
  value === false ||
  // The default is one replica.
  (value === 0 && key !== 'deploy.replicas') ||
  (typeof value === 'object' && Object.keys(value).length === 0)

/** Go leaves out empty fields in one place and not in another. */
function stripped(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(stripped)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const left = stripped(inner)
      return isEmpty('', left) ? [] : [[key, left]]
    }),
  )
}

const joined = (key: string, name: string): string => (key === '' ? name : `${key}.${name}`)

/** `MaxFailureRatio` → `max_failure_ratio`. */
const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
