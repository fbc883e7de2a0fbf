/** LinuxKit YAML → values that upstream's tool would accept, or every mistake with its place. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { didYouMean } from '../../config/nearest.ts'
import type { Path, Source } from '../../config/read/position.ts'
import { type Problem, pathText, placed, thrown } from '../../config/read/problem.ts'
import type { DesktopError } from '../../errors.ts'
import { packageRoot } from '../../host/paths.ts'
import type { Container, ContainerSettings, LinuxkitFile } from './types.ts'
import { readYaml } from './yaml-text.ts'

let compiled: ValidateFunction | undefined

function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled
  const text = readFileSync(join(packageRoot(), 'schemas', 'linuxkit.schema.json'), 'utf8')
  compiled = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(JSON.parse(text))
  return compiled
}

/** Throws `linuxkit/yaml` or `linuxkit/invalid`. `file` is for messages. */
export function parseLinuxkit(text: string, file = 'linuxkit.yml'): LinuxkitFile {
  const source = readYaml(file, text)
  const value: unknown = source.document.toJS() ?? {}
  check(source, value, [])
  const linuxkit = value as LinuxkitFile
  unique(source, linuxkit.services ?? [], 'services')
  unique(source, linuxkit.volumes ?? [], 'volumes')
  for (const [index, { name = '' }] of (linuxkit.volumes ?? []).entries()) {
    if (/^[a-z0-9_-]*$/.test(name)) continue
    throw one(source, ['volumes', index, 'name'], `"${name}" cannot name a volume`)
  }
  return linuxkit
}

/** The `org.mobyproject.config` label of an image: one container without its name and image. */
export function parseLabel(text: string, image: string): ContainerSettings {
  const source = readYaml(`label of ${image}`, text)
  const value: unknown = source.document.toJS()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw one(source, [], 'must be a map of container settings')
  }
  for (const key of ['name', 'image']) {
    if (Object.hasOwn(value, key) && (value as Record<string, unknown>)[key] !== '') {
      throw one(source, [key], `${key} cannot be set by a label`)
    }
  }
  const container: Container = { ...value, name: 'label', image: 'label' }
  check(source, { services: [container] }, ['services', 0])
  return value
}

const one = (source: Source, path: Path, message: string): DesktopError =>
  placed(source, { code: 'linuxkit/invalid', path, message, at: 'value' })

function unique(source: Source, items: readonly { name?: string }[], section: string): void {
  const names = new Set<string>()
  for (const [index, { name = '' }] of items.entries()) {
    if (names.has(name))
      throw one(source, [section, index, 'name'], `${section}: two of them are named "${name}"`)
    names.add(name)
  }
}

/** `prefix` is what stands around the text's own value in what is checked. */
function check(source: Source, value: unknown, prefix: Path): void {
  const validate = validator()
  if (
    validate(JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? 0 : part))))
  )
    return
  const problems = (validate.errors ?? []).map((error) => problemOf(error, prefix.length))
  throw thrown(problems.map((problem) => placed(source, problem)))
}

function problemOf(error: ErrorObject, skip: number): Problem {
  const path = error.instancePath
    .split('/')
    .slice(1 + skip)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  const where = pathText(path) || 'the file'
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty)
    const hint = didYouMean(key, Object.keys((error.parentSchema?.properties as object | undefined) ?? {}))
    const message = `${where} has the unknown key "${key}"`
    return { code: 'linuxkit/invalid', path: [...path, key], message, at: 'key', ...(hint ? { hint } : {}) }
  }
  const message = `${where} ${error.message ?? 'is not valid'}`
  return { code: 'linuxkit/invalid', path, message, at: 'value' }
}
