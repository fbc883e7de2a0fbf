/**
 * Characters that are rejected in all values and keys: they move a terminal's cursor, hide text, or are interpreted by
 * another program (a URL parser drops line breaks). Output is escaped nevertheless (escape.ts).
 */
import { unsafeCharacter } from '../../escape.ts'
import type { Path } from '../read/source.ts'
import { pathText, type Tree } from '../read/tree.ts'
import type { Problem } from './problem.ts'

/** Data for the guest, not shown as text. */
const data = /^guest\.files\[\d+\]\.contents$/
/** PEM, scripts, messages. */
const lines = /^(engine\.trustedCertificates\[\d+\]|guest\.services\[\d+\].*|policy\[\d+\]\.message)$/
/** Tab-separated, as the kernel prints them. */
const columns = /^guest\.sysctl\b/

export function checkCharacters(tree: Tree, path: Path = []): Problem[] {
  switch (tree.kind) {
    case 'scalar':
      return typeof tree.value === 'string' ? [...problemOf(tree.value, path)] : []
    case 'list':
      return tree.items.flatMap((item, index) => checkCharacters(item, [...path, index]))
    case 'map':
      return [...tree.entries].flatMap(([key, { value }]) => {
        const at: Path = [...path, key]
        const found = firstOf(key)
        return found === undefined ? checkCharacters(value, at) : [problem(at, `a key has ${found}`, 'key')]
      })
  }
}

function* problemOf(text: string, path: Path): Iterable<Problem> {
  const where = pathText(path)
  if (data.test(where)) return
  const found = firstOf(text, lines.test(where) ? '\n\r\t' : columns.test(where) ? '\t' : '')
  if (found !== undefined) yield problem(path, `${where || 'the file'} has ${found}`, 'value')
}

/** `U+001B, a control character`; characters in `allowed` are skipped. */
export function firstOf(text: string, allowed = ''): string | undefined {
  const code = unsafeCharacter(text, allowed)
  if (code === undefined) return undefined
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (code === 0x0a || code === 0x0d) return `${name}, a line break`
  return code < 0xa0 ? `${name}, a control character` : `${name}, which is not visible`
}

const problem = (path: Path, message: string, at: 'key' | 'value'): Problem => ({
  ...{ code: 'config/control-character', path, message, unquoted: message, at },
  hint: 'remove it',
})
