/** Reads this host's apt configuration (apt.conf(5)) without apt: proxy and verification settings. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfExists } from '../../host/atomic-file.ts'

/** Values by full key in lower case, e.g. `acquire::http::proxy`. */
export type AptConfig = ReadonlyMap<string, string>

// Quoted values first, because `//` in a URL is not a comment.
const tokens = /"[^"]*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#clear\b|#[^\n]*|[{};]|[^\s"{};]+/g

/** Reads a file; its values override earlier ones. List items (`"value";`) are not needed and skipped. */
export function parseAptConfig(text: string, values: Map<string, string> = new Map()): AptConfig {
  const scopes: string[] = []
  let words: string[] = []
  const key = (name: string): string => [...scopes.filter((one) => one !== ''), name].join('::').toLowerCase()
  const end = (): void => {
    const [first, second] = words
    if (first === '#clear' && second !== undefined) clear(values, key(second))
    else if (first !== undefined && second !== undefined && !first.startsWith('"'))
      values.set(key(first), second.replace(/^"|"$/g, ''))
    words = []
  }
  for (const [token] of text.matchAll(tokens)) {
    if (/^(\/\/|\/\*|#(?!clear))/.test(token)) continue
    if (token === ';') end()
    else if (token === '{') {
      scopes.push(words[0] ?? '')
      words = []
    } else if (token === '}') {
      end()
      scopes.pop()
    } else words.push(token)
  }
  return values
}

function clear(values: Map<string, string>, key: string): void {
  for (const known of values.keys()) if (known === key || known.startsWith(`${key}::`)) values.delete(known)
}

/** Files of a `.d` directory, in apt's order and with names that apt accepts. */
export async function readParts(dir: string, extension: RegExp): Promise<string[]> {
  const names = (await readdir(dir).catch(() => [])).filter(
    (name) => /^[\w.-]+$/.test(name) && extension.test(name),
  )
  return await Promise.all(names.sort().map(async (name) => (await readIfExists(join(dir, name))) ?? ''))
}

/** Empty on a host without apt. */
export async function readAptConfig(etc: string): Promise<AptConfig> {
  const values = new Map<string, string>()
  const own = process.env.APT_CONFIG
  const texts = [
    own === undefined ? '' : await readIfExists(own),
    ...(await readParts(join(etc, 'apt.conf.d'), /^[^.]+(\.conf)?$/)),
    await readIfExists(join(etc, 'apt.conf')),
  ]
  for (const text of texts) parseAptConfig(text ?? '', values)
  return values
}

/** Evaluates a boolean as apt does; undefined keys are `fallback`. */
export function aptFlag(config: AptConfig, key: string, fallback: boolean): boolean {
  const value = config.get(key.toLowerCase())
  return value === undefined ? fallback : !/^(no|false|without|off|disable|0)$/i.test(value)
}
