/** `${VAR}` and `${VAR:-default}` in text. `$${` escapes `${`. */
import type { ScalarValue } from './tree.ts'

export interface Interpolated {
  text: string
  variables: readonly string[]
}

export interface BadReference {
  /** Reference as written. */
  reference: string
  message: string
  hint: string
}

type Env = Readonly<Record<string, string | undefined>>

const reference = /\$\$\{|\$\{([^}]*)(\}?)/g
/** Limit for one text after substitution. */
const maxFilledChars = 2 ** 20
/** Limit for a reference quoted in a message. */
const maxQuotedChars = 100

const syntax = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?-)(.*))?$/s

export function interpolate(text: string, env: Env): Interpolated | { bad: readonly BadReference[] } {
  const bad: BadReference[] = []
  const variables: string[] = []
  let length = text.length
  const filled = text.replace(reference, (whole: string, body: string | undefined, close: string) => {
    if (body === undefined) return '${'
    const refuse = (message: string, hint: string): string => {
      bad.push({ reference: whole, message, hint })
      return whole
    }
    const [, name, operator, fallback] = syntax.exec(body) ?? []
    if (name === undefined || close === '') {
      return refuse(
        `"${whole.length > maxQuotedChars ? `${whole.slice(0, maxQuotedChars)}…` : whole}" is not a variable reference`,
        `write \${NAME} or \${NAME:-default}; $\${ is a literal \${`,
      )
    }
    variables.push(name)
    const value = env[name]
    // As in a shell: `:-` also replaces an empty value, `-` only an unset one.
    if (value !== undefined && !(value === '' && operator === ':-')) {
      length += value.length
      if (length <= maxFilledChars) return value
      return refuse(
        `variables expand this value to more than ${maxFilledChars / 1024} KiB`,
        'refer to fewer variables',
      )
    }
    if (fallback !== undefined) return fallback
    return refuse(
      `the environment variable ${name} is not set`,
      `set it, or give a default: \${${name}:-VALUE}`,
    )
  })
  return bad.length > 0 ? { bad } : { text: filled, variables }
}

/** The YAML number, boolean or null that the text represents, or the text itself. */
export function readingOf(text: string): ScalarValue {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === '' || text === 'null') return null
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text
}
