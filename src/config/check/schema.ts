/** Schema errors, turned into messages with a fix. */
import type { ErrorObject } from 'ajv'
import { descriptions } from '../generated/descriptions.ts'
import type { DesktopFile } from '../generated/types.ts'
import { validateDesktop } from '../generated/validate.js'
import { didYouMean } from '../nearest.ts'
import type { Path } from '../read/source.ts'
import { find, pathText, plain, type Tree, unsetPaths } from '../read/tree.ts'
import { sizeHint, usualSizes } from '../units.ts'
import { checkCharacters } from './characters.ts'
import type { Problem } from './problem.ts'

export interface Checked {
  /** The file without the values that the schema rejects. */
  value: DesktopFile
  problems: readonly Problem[]
}

export function checkSchema(tree: Tree): Checked {
  for (;;) {
    const value: unknown = plain(tree)
    const errors = validateDesktop(value) ? [] : (validateDesktop.errors ?? [])
    if (errors.some((error) => takeOtherReading(tree, error))) continue
    const unset = unsetPaths(tree)
    const unsafe = checkCharacters(tree)
    const said = new Set([...unset, ...unsafe.map(({ path }) => path)].map(pathText))
    const problems = [...unsafe, ...problemsOf(errors).filter(({ path }) => !said.has(pathText(path)))]
    for (const path of [...unset, ...problems.map((problem) => problem.path)]) leaveOut(value, path)
    return { value: value as DesktopFile, problems }
  }
}

/** A list loses the whole item but keeps its length, so that the other indexes stay valid. */
function leaveOut(value: unknown, path: Path): void {
  let container = value as Record<string | number, unknown> | undefined
  for (const [index, key] of path.entries()) {
    if (container === null || typeof container !== 'object') return
    if (index === path.length - 1 || Array.isArray(container)) {
      delete container[key]
      return
    }
    container = container[key] as typeof container
  }
}

/** A value substituted for `${VAR}` counts as a number or boolean where the key requires one. */
function takeOtherReading(tree: Tree, { keyword, instancePath, params }: ErrorObject): boolean {
  if (keyword !== 'type') return false
  const node = find(tree, pathOf(instancePath))
  if (node?.kind !== 'scalar' || node.reading === undefined) return false
  const wanted = [(params as { type: unknown }).type].flat()
  const kind = typeof node.reading
  if (!wanted.includes(kind) && !(kind === 'number' && wanted.includes('integer'))) return false
  node.value = node.reading
  delete node.reading
  return true
}

function problemsOf(errors: readonly ErrorObject[]): Problem[] {
  const problems = errors
    .filter((error) => error.keyword !== 'anyOf' && !isOtherForm(error, errors))
    .map((error) => eitherOr(error, errors) ?? problemOf(error))
  // Both branches of an `anyOf` report the same value; one message is enough.
  const seen = new Set<string>()
  return problems.filter(({ code, path, at }) => {
    const key = at === 'key' ? `${code} ${pathText(path)}` : pathText(path)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** Whether the value has the type of another branch of `anyOf`, which reports the mistake. */
const isOtherForm = ({ keyword, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean =>
  keyword === 'type' &&
  errors.some((other) => other.keyword === 'anyOf' && other.instancePath === instancePath) &&
  errors.some(
    (other) =>
      other.instancePath.startsWith(`${instancePath}/`) ||
      (other.instancePath === instancePath && other.keyword === 'minItems'),
  )

/** Combines the two branches of "constant or type", e.g. `auto` or an integer, into one message. */
function eitherOr(error: ErrorObject, errors: readonly ErrorObject[]): Problem | undefined {
  if (error.keyword !== 'const') return undefined
  const here = errors.filter(({ instancePath }) => instancePath === error.instancePath)
  if (!here.some(({ keyword }) => keyword === 'anyOf')) return undefined
  const other = here.find(({ keyword }) => keyword !== 'const' && keyword !== 'anyOf')
  if (other === undefined) return undefined
  const path = pathOf(error.instancePath)
  const unquoted = `${pathText(path)} must be ${String(error.params.allowedValue)}, or ${wanted(other)}`
  return {
    code: 'config/bad-value',
    path,
    at: 'value',
    message: `${unquoted}, not ${kindOf(error.data)}`,
    unquoted,
  }
}

function wanted({ keyword, params, message = 'valid' }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return [params.type]
        .flat()
        .map((type) => words[String(type)] ?? String(type))
        .join(' or ')
    case 'minimum':
      return `at least ${params.limit}`
    case 'maximum':
      return `at most ${params.limit}`
    default:
      return message.replace(/^must be /, '')
  }
}

interface SchemaNode {
  description?: string
  properties?: Readonly<Record<string, unknown>>
  /** Keys reserved for a later version. */
  'x-planned'?: readonly string[]
  /** Keys of dockerd that must not be set here, with the reason. */
  'x-refused'?: Readonly<Record<string, string>>
  /** Description of the values that the pattern accepts. */
  'x-expected'?: string
}

function problemOf(error: ErrorObject): Problem {
  const path = pathOf(error.instancePath)
  const params = error.params as Record<string, unknown>
  const schema = (error.parentSchema ?? {}) as SchemaNode
  const what = pathText(path) || 'the file'
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(path, String(params.additionalProperty), schema)
    case 'required': {
      const key = String(params.missingProperty)
      const hint = key === 'apiVersion' ? 'begin with `apiVersion: desktop/v1`' : `add ${key}:`
      const message = `${what} lacks "${key}"`
      return { code: 'config/missing-key', path, at: 'value', message, unquoted: message, hint }
    }
    case 'type': {
      const unquoted = `${what} must be ${wanted(error)}`
      const message = `${unquoted}, not ${kindOf(error.data)}`
      const hint = typeHint(path, error.data, params.type)
      return { code: 'config/wrong-type', path, at: 'value', message, unquoted, ...hint }
    }
    case 'enum':
    case 'const': {
      const allowed = error.keyword === 'enum' ? (params.allowedValues as unknown[]) : [params.allowedValue]
      const names = allowed.map(String)
      const must = `must be ${names.join(', ').replace(/, ([^,]*)$/, ' or $1')}`
      const message = `${what} is ${JSON.stringify(error.data)}; it ${must}`
      const unquoted = `${what} ${must}`
      const hint = didYouMean(String(error.data), names)
      return {
        ...{ code: 'config/bad-value', path, at: 'value', message, unquoted },
        ...(hint === undefined ? {} : { hint }),
      }
    }
    case 'minimum':
    case 'maximum': {
      const unquoted = `${what} must be ${wanted(error)}`
      const message = `${unquoted}, not ${kindOf(error.data)}`
      return { code: 'config/bad-value', path, at: 'value', message, unquoted }
    }
    case 'minProperties':
    case 'minItems': {
      const expected = schema['x-expected']
      const message = `${what} ${expected ?? 'is empty'}`
      const hint = expected === undefined ? 'add an entry, or leave it out' : schema.description
      return {
        ...{ code: 'config/bad-value', path, at: 'value', message, unquoted: message },
        ...(hint === undefined ? {} : { hint }),
      }
    }
    default: {
      const expected = schema['x-expected']
      const message = `${what} ${expected ?? error.message ?? 'is not valid'}`
      const hint =
        expected !== undefined || schema.description === undefined ? {} : { hint: schema.description }
      return { code: 'config/bad-value', path, at: 'value', message, unquoted: message, ...hint }
    }
  }
}

function unknownKey(inside: Path, key: string, schema: SchemaNode): Problem {
  const where = inside.length === 0 ? '' : ` in ${pathText(inside)}`
  const problem = { code: 'config/unknown-key', path: [...inside, key], at: 'key' } as const
  if (schema['x-planned']?.includes(key)) {
    const message = `"${key}"${where} is planned, but not in this version yet`
    return { ...problem, message, hint: 'remove it for now' }
  }
  const reason = schema['x-refused']?.[key]
  if (reason !== undefined) return { ...problem, message: `"${key}"${where} cannot be set: ${reason}` }
  const known = Object.keys(schema.properties ?? {})
  const hint = elsewhere(inside, key, known) ?? didYouMean(key, known) ?? knownKeys(known)
  return { ...problem, message: `unknown key "${key}"${where}`, ...(hint === undefined ? {} : { hint }) }
}

/** Finds a key of this name at another level, probably the intended one. */
function elsewhere(inside: Path, key: string, known: readonly string[]): string | undefined {
  if (known.includes(key)) return undefined
  const places = Object.keys(descriptions).filter((name) => name === key || name.endsWith(`.${key}`))
  const [place, ...others] = places.filter((name) => !/[[*]/.test(name))
  if (place === undefined || others.length > 0) return undefined
  if (place === key) return inside.length === 0 ? undefined : `${key} belongs at the top level`
  return `did you mean ${place}?`
}

/** Lists all keys, if there are few enough. */
const knownKeys = (known: readonly string[]): string | undefined =>
  known.length > 20 ? undefined : `known keys: ${known.join(', ')}`

/** YAML reads 0600 as 600 and 1.10 as 1.1; quotes preserve the text. */
function typeHint(path: Path, data: unknown, type: unknown): { hint?: string } {
  if (path[0] === 'shares' && path.length <= 2 && typeof data === 'string') {
    const form = shareForm(data)
    return { hint: `did you mean ${path.length === 1 ? `[${form}]` : form}?` }
  }
  if (data === null && type === 'object') return { hint: 'write {} for the defaults' }
  if (typeof data !== 'number') return {}
  const most = path[0] === 'vm' ? usualSizes[path[1] as keyof typeof usualSizes] : undefined
  if (most !== undefined) return { hint: sizeHint(String(data), { least: 2 ** 28, most }) }
  const isPort = path[0] === 'ports' && path.length === 2
  if (isPort) return { hint: `did you mean "${data}:${data}"?` }
  return type === 'string' ? { hint: 'put "quotes" around it, or give it a unit' } : {}
}

/** Of docker's form `SOURCE:TARGET[:ro]`, which is writable without `:ro`. */
function shareForm(text: string): string {
  const [source = '', target, access] = text.split(':')
  if (target === undefined) return `{ source: ${source} }`
  return `{ source: ${source}, target: ${target}${access === 'ro' ? '' : ', writable: true'} }`
}

const words: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'object':
      return 'a map'
    case 'string':
      return `the string ${JSON.stringify(value)}`
    default:
      return String(value)
  }
}

/** JSON pointer → path; numbers are list indices. */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}
