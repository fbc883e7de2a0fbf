/** A compose file as text: where its keys are, and which variables and files it refers to. docker reads its meaning. */
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { interpolate } from '../../../config/read/interpolate.ts'
import type { Place } from '../../../reconcile/plan.ts'

export interface StackText {
  /** Location of each key: `services.web.deploy.replicas`, `services.web.ports.0`. */
  places: ReadonlyMap<string, Place>
  /** Environment variables; `isRequired` without a default value. */
  variables: readonly { name: string; isRequired: boolean; at: Place }[]
  /** Files that docker reads: configs, secrets and env_file. */
  files: readonly FileReference[]
}

interface FileReference {
  /** As written. */
  text: string
  /** Absolute; undefined if it depends on a variable in a way that is not understood here. */
  path: string | undefined
  at: Place
}

export interface TextProblem {
  message: string
  at: Place
}

interface Options {
  /** Absolute path. */
  file: string
  /** Name for messages. */
  shown: string
  env: Readonly<Record<string, string | undefined>>
}

/** Same references as docker's: `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is a literal `$`. */
const reference = /\$(?:\$|\{([A-Za-z_]\w*)([^}]*)\}|([A-Za-z_]\w*))/g

export function readStackText(text: string, { file, shown, env }: Options): StackText | TextProblem {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    resolveKnownTags: false,
  })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file: shown, line, column: col }
  }
  // Warnings too: docker reads an unknown tag in its own way.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) return { message: firstLine(problem.message), at: placeAt(problem.pos[0]) }
  const places = new Map<string, Place>([['', { file: shown, line: 1, column: 1 }]])
  const variables: { name: string; isRequired: boolean; at: Place }[] = []

  const walk = (node: unknown, path: string, around: Place): void => {
    const start = (node as Node | null)?.range?.[0]
    const at = start === undefined ? around : placeAt(start)
    const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : String(key)
        const keyStart = (key as Node | null)?.range?.[0]
        const keyAt = keyStart === undefined ? at : placeAt(keyStart)
        places.set(below(name), keyAt)
        walk(value, below(name), keyAt)
      }
    } else if (isSeq(node)) {
      node.items.forEach((item, index) => {
        const itemStart = (item as Node | null)?.range?.[0]
        const itemAt = itemStart === undefined ? at : placeAt(itemStart)
        places.set(below(String(index)), itemAt)
        walk(item, below(String(index)), itemAt)
      })
    } else if (isScalar(node) && typeof node.value === 'string') {
      for (const [, braced, rest = '', plain] of node.value.matchAll(reference)) {
        const name = braced ?? plain
        if (name !== undefined) variables.push({ name, isRequired: rest === '', at })
      }
    }
  }
  walk(document.contents, '', { file: shown, line: 1, column: 1 })
  const root: unknown = document.toJS({ maxAliasCount: 1_000 })
  const files = filesOf(root).map(({ path, text: written }) => ({
    text: written,
    path: pathOf(written, dirname(file), env),
    at: nearestPlace(places, path),
  }))
  return { places, variables, files }
}

/** Location of the key or of the nearest one above it. */
export function nearestPlace(places: ReadonlyMap<string, Place>, path: string): Place {
  for (let rest = path; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) {
    const place = places.get(rest)
    if (place !== undefined) return place
  }
  return places.get('') ?? { file: '', line: 1, column: 1 }
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message

type Values = Readonly<Record<string, unknown>>
const mapOf = (value: unknown): Values =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Values) : {}

/** Texts of all values that docker opens as files. */
function filesOf(root: unknown): { path: string; text: string }[] {
  const { services, configs, secrets } = mapOf(root)
  const found: { path: string; text: unknown }[] = []
  for (const [name, service] of Object.entries(mapOf(services))) {
    const listed = mapOf(service).env_file
    const path = `services.${name}.env_file`
    for (const one of Array.isArray(listed) ? listed : [listed])
      found.push({ path, text: mapOf(one).path ?? one })
  }
  for (const [kind, objects] of [
    ['configs', configs],
    ['secrets', secrets],
  ] as const)
    for (const [name, object] of Object.entries(mapOf(objects)))
      found.push({ path: `${kind}.${name}.file`, text: mapOf(object).file })
  return found.flatMap(({ path, text }) => (typeof text === 'string' ? [{ path, text }] : []))
}

function pathOf(text: string, directory: string, env: Options['env']): string | undefined {
  const filled = interpolate(text, env)
  if ('bad' in filled || /\$/.test(filled.text)) return undefined
  // docker replaces any leading tilde by the home directory.
  const path = filled.text.startsWith('~') ? `${env.HOME ?? homedir()}${filled.text.slice(1)}` : filled.text
  return resolve(directory, path)
}
