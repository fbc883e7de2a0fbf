/** A compose file as text: where its keys are, and which variables and files it refers to. docker reads its meaning. */
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { LineCounter } from 'yaml'
import { interpolate } from '../../../config/read/interpolate.ts'
import { yamlHints } from '../../../config/read/parse.ts'
import { nestedTooDeep, yamlDocument } from '../../../config/read/yaml-document.ts'
import type { Place } from '../../../reconcile/plan.ts'
import { type ComposeValue, composeText, composeValues, type TextProblem } from './compose-values.ts'

export interface StackText {
  /** Location of each key: `services.web.deploy.replicas`, `services.web.ports.0`. */
  places: ReadonlyMap<string, Place>
  /** Environment variables; `isRequired` without a default value. */
  variables: readonly { name: string; isRequired: boolean; at: Place }[]
  /** Texts with variables, by key. */
  written: ReadonlyMap<string, string>
  /** Files that docker reads: configs, secrets and env_file. */
  files: readonly FileReference[]
  /** The file for docker, on one line. */
  compose: string
}

interface FileReference {
  /** As written. */
  text: string
  /** Absolute; undefined if it depends on a variable in a way that is not understood here. */
  path: string | undefined
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
  const document = yamlDocument(text, { lineCounter: lines, schema: 'failsafe', resolveKnownTags: false })
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file: shown, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if ('tooDeep' in document)
    return { message: nestedTooDeep, hint: 'use fewer levels', at: placeAt(document.tooDeep) }
  // Warnings too: docker reads an unknown tag in its own way.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) {
    const hint = yamlHints[problem.code] ?? 'correct the YAML'
    return { message: firstLine(problem.message), hint, at: placeAt(problem.pos[0]) }
  }
  const start: Place = { file: shown, line: 1, column: 1 }
  const root = composeValues(document.contents, start, placeAt)
  if ('message' in root) return root
  const places = new Map<string, Place>([['', start]])
  const variables: { name: string; isRequired: boolean; at: Place }[] = []
  const written = new Map<string, string>()

  const walk = (value: ComposeValue, path: string): void => {
    const below = (key: string): string => (path === '' ? key : `${path}.${key}`)
    switch (value.kind) {
      case 'map':
        for (const [name, { at, value: inner }] of value.entries) {
          places.set(below(name), at)
          walk(inner, below(name))
        }
        break
      case 'list':
        value.items.forEach((item, index) => {
          places.set(below(String(index)), item.at)
          walk(item, below(String(index)))
        })
        break
      case 'scalar':
        for (const [, braced, rest = '', plain] of value.text.matchAll(reference)) {
          const name = braced ?? plain
          if (name === undefined) continue
          variables.push({ name, isRequired: rest === '', at: value.at })
          written.set(path, value.text)
        }
    }
  }
  walk(root, '')
  const files = filesOf(root).map(({ text: given, at }) => ({
    text: given,
    path: pathOf(given, dirname(file), env),
    at,
  }))
  return { places, variables, written, files, compose: composeText(root) }
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

type Scalar = Extract<ComposeValue, { kind: 'scalar' }>

const entriesOf = (value: ComposeValue | undefined): readonly ComposeValue[] =>
  value?.kind === 'map' ? [...value.entries.values()].map((entry) => entry.value) : []
const childOf = (value: ComposeValue | undefined, name: string): ComposeValue | undefined =>
  value?.kind === 'map' ? value.entries.get(name)?.value : undefined

/** All values that docker opens as files. */
function filesOf(root: ComposeValue): Scalar[] {
  const listed = entriesOf(childOf(root, 'services')).flatMap((service) => {
    const file = childOf(service, 'env_file')
    return (file?.kind === 'list' ? file.items : [file]).map((one) => childOf(one, 'path') ?? one)
  })
  const contents = ['configs', 'secrets'].flatMap((kind) =>
    entriesOf(childOf(root, kind)).map((object) => childOf(object, 'file')),
  )
  return [...listed, ...contents].flatMap((value) =>
    value?.kind === 'scalar' && !(value.isPlain && value.text === '') ? [value] : [],
  )
}

function pathOf(text: string, directory: string, env: Options['env']): string | undefined {
  const filled = interpolate(text, env)
  if ('bad' in filled || /\$/.test(filled.text)) return undefined
  // docker replaces any leading tilde by the home directory.
  const path = filled.text.startsWith('~') ? `${env.HOME ?? homedir()}${filled.text.slice(1)}` : filled.text
  return resolve(directory, path)
}
