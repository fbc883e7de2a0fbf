/** The schema's verdict, turned into mistakes that a person can mend. */
import type { ErrorObject } from 'ajv'
import { validateDesktop } from '../generated/validate.js'
import { didYouMean } from '../nearest.ts'
import type { Path } from './position.ts'
import { type Problem, pathText } from './problem.ts'

/** Names of the format that a later version will know, so that the answer is better than a wrong guess. */
const planned = new Set([
  'vm.swap',
  'vm.suspendOnStop',
  'network.ipv6',
  'network.egress',
  'shares',
  'guest.services',
  'guest.files',
  'policy',
  'extends',
])

export function checkSchema(value: unknown): Problem[] {
  if (validateDesktop(value)) return []
  const errors = (validateDesktop.errors ?? []).filter(
    ({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf',
  )
  const problems = errors.map(problemOf)
  // Both branches of an `anyOf` complain about the same value; one complaint is enough.
  const seen = new Set<string>()
  return problems.filter(({ code, path, at }) => {
    const key = at === 'key' ? `${code} ${pathText(path)}` : pathText(path)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function problemOf(error: ErrorObject): Problem {
  const path = pathOf(error.instancePath)
  const params = error.params as Record<string, unknown>
  const what = pathText(path) || 'the file'
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {})
      const full = [...path, key]
      const where = path.length === 0 ? '' : ` in ${pathText(path)}`
      if (planned.has(pathText(full))) {
        const message = `"${key}"${where} is planned, and this version does not have it yet`
        return { code: 'config/unknown-key', path: full, at: 'key', message, hint: 'take it out for now' }
      }
      const hint = didYouMean(key, known) ?? `known keys: ${known.join(', ')}`
      return {
        code: 'config/unknown-key',
        path: full,
        at: 'key',
        message: `unknown key "${key}"${where}`,
        hint,
      }
    }
    case 'required': {
      const key = String(params.missingProperty)
      const message = `${what === 'the file' ? 'the file' : what} lacks "${key}"`
      const hint = key === 'apiVersion' ? 'begin with `apiVersion: desktop/v1`' : `add ${key}:`
      return { code: 'config/missing-key', path, at: 'value', message, hint }
    }
    case 'type': {
      const wanted = [params.type].flat().map((type) => words[String(type)] ?? String(type))
      const message = `${what} must be ${wanted.join(' or ')}, not ${kindOf(error.data)}`
      return { code: 'config/wrong-type', path, at: 'value', message }
    }
    case 'enum':
    case 'const': {
      const allowed = error.keyword === 'enum' ? (params.allowedValues as unknown[]) : [params.allowedValue]
      const names = allowed.map(String)
      const message = `${what} is ${JSON.stringify(error.data)}; it must be ${names.join(', ').replace(/, ([^,]*)$/, ' or $1')}`
      const hint = didYouMean(String(error.data), names)
      return { code: 'config/bad-value', path, at: 'value', message, ...(hint === undefined ? {} : { hint }) }
    }
    default: {
      const message = `${what} ${error.message ?? 'is not valid'}`
      const description = error.parentSchema?.description
      const hint = typeof description === 'string' ? { hint: description } : {}
      return { code: 'config/bad-value', path, at: 'value', message, ...hint }
    }
  }
}

const words: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
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
      return `text (${JSON.stringify(value)})`
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
