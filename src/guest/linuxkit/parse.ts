/** Parses LinuxKit YAML with upstream's rules; reports all mistakes with their location. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { isScalar, isSeq, visit } from 'yaml'
import { thrown } from '../../config/check/problem.ts'
import { didYouMean } from '../../config/nearest.ts'
import type { Path } from '../../config/read/source.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { packageRoot } from '../../host/paths.ts'
import { type Mistake, mistakeAt, pathText, rangeAt, type Source } from './place.ts'
import type { Container, ContainerSettings, LinuxkitFile } from './types.ts'
import { isFloat, readYaml } from './yaml-text.ts'

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
  noFloatIds(source)
  const linuxkit = value as LinuxkitFile
  unique(source, linuxkit.services ?? [], 'services')
  unique(source, linuxkit.volumes ?? [], 'volumes')
  for (const [index, { name = '' }] of (linuxkit.volumes ?? []).entries()) {
    if (/^[a-z0-9_-]*$/.test(name)) continue
    throw mistakeAt(source, { path: ['volumes', index, 'name'], message: `"${name}" cannot name a volume` })
  }
  return linuxkit
}

/** The `org.mobyproject.config` label of an image: a container without name and image. */
export function parseLabel(text: string, image: string): ContainerSettings {
  const source = readYaml(`label of ${image}`, text)
  const value: unknown = source.document.toJS()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mistakeAt(source, { path: [], message: 'must be a map of container settings' })
  }
  for (const key of ['name', 'image']) {
    if (Object.hasOwn(value, key) && (value as Record<string, unknown>)[key] !== '') {
      throw mistakeAt(source, { path: [key], message: `${key} cannot be set by a label` })
    }
  }
  const container: Container = { ...value, name: 'label', image: 'label' }
  check(source, { services: [container] }, ['services', 0])
  noFloatIds(source)
  return value
}

/** Go rejects some numbers as ids that match the schema's type "integer". */
function noFloatIds(source: Source): void {
  visit(source.document, {
    Pair(_, { key, value }) {
      const name = isScalar(key) ? key.value : undefined
      const ids = name === 'additionalGids' && isSeq(value) ? value.items : [value]
      if (name !== 'uid' && name !== 'gid' && name !== 'additionalGids') return
      const float = ids.find(isFloat)
      if (!isScalar(float)) return
      throw new DesktopError('linuxkit/invalid', `${name}: ${float.source} is not an integer in Go`, {
        at: rangeAt(source, float.range?.[0] ?? 0),
      })
    },
  })
}

function unique(source: Source, items: readonly { name?: string }[], section: string): void {
  const names = new Set<string>()
  for (const [index, { name = '' }] of items.entries()) {
    if (names.has(name))
      throw mistakeAt(source, {
        path: [section, index, 'name'],
        message: `${section}: two of them are named "${name}"`,
      })
    names.add(name)
  }
}

/** `prefix` is the path of the value in the checked document. */
function check(source: Source, value: unknown, prefix: Path): void {
  const validate = validator()
  if (
    validate(
      JSON.parse(
        JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part)),
      ),
    )
  )
    return
  const mistakes = (validate.errors ?? []).map((error) => mistakeOf(error, prefix.length))
  throw thrown(mistakes.map((mistake) => mistakeAt(source, mistake)))
}

function mistakeOf(error: ErrorObject, skip: number): Mistake {
  const path = error.instancePath
    .split('/')
    .slice(1 + skip)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  const where = pathText(path)
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty)
    const hint = didYouMean(key, Object.keys((error.parentSchema?.properties as object | undefined) ?? {}))
    return { path: [...path, key], message: `${where} has the unknown key "${key}"`, hint, key: true }
  }
  return { path, message: `${where} ${error.message ?? 'is not valid'}` }
}
