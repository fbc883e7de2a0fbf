/** YAML, byte-identical to go-yaml 2, which LinuxKit uses: for `metadata: yaml`. */
import { type GoValue, isList, membersOf } from './go-json.ts'
import { hasLines, scalarText } from './go-yaml-scalar.ts'

const isMap = (value: GoValue): value is object & GoValue =>
  typeof value === 'object' && value !== null && !isList(value)

/** The document with a final newline. Undefined members are omitted. */
export function goYaml(value: GoValue): string {
  return `${block(value, 0).trimStart()}\n`
}

/** Text after `key:` or `-`: on the same line, or starting on the next. */
function block(value: GoValue, indent: number): string {
  if (isMap(value)) {
    const members = membersOf(value)
    if (members.length === 0) return ' {}'
    return members.map(([key, member]) => `\n${' '.repeat(indent)}${pair(key, member, indent)}`).join('')
  }
  if (isList(value)) {
    if (value.length === 0) return ' []'
    return value.map((item) => `\n${' '.repeat(indent)}-${inItem(item, indent)}`).join('')
  }
  return ` ${scalarText(value, { indent })}`
}

/** Longer keys (in bytes) and multi-line keys are written with a question mark. */
const maxSimpleKeyBytes = 128

function pair(key: string, member: GoValue, indent: number): string {
  if (Buffer.byteLength(key) > maxSimpleKeyBytes || hasLines(key)) {
    const inner = { indent: indent + 2, column: indent + 2 }
    return `? ${scalarText(key, inner)}\n${' '.repeat(indent)}:${inItem(member, indent)}`
  }
  const name = scalarText(key, { isKey: true, indent })
  // A list inside a map is not indented.
  if (isList(member)) return `${name}:${block(member, indent)}`
  if (isMap(member)) return `${name}:${block(member, indent + 2)}`
  const column = indent + name.length + 2
  return `${name}: ${scalarText(member, { indent: indent + 2, column })}`
}

/** A map or list as an item starts on the line of its dash. */
function inItem(item: GoValue, indent: number): string {
  if (!isMap(item) && !isList(item)) return ` ${scalarText(item, { indent: indent + 2, column: indent + 2 })}`
  return block(item, indent + 2).replace(/^\n */, ' ')
}

/** Sorts map keys in go-yaml's order: numbers inside names compare numerically, letters come last. */
export function naturalMap<T>(map: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(map).sort(([a], [b]) => naturalOrder([...a], [...b])))
}

const isLetter = (character: string): boolean => /\p{L}/u.test(character)
const digitsAt = (characters: readonly string[], at: number): string =>
  /^\p{Nd}*/u.exec(characters.slice(at).join(''))?.[0] ?? ''

function naturalOrder(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((character, index) => character !== b[index])
  const [x, y] = [a[at], b[at]]
  if (at === -1 || x === undefined || y === undefined) return a.length - b.length
  if (isLetter(x) !== isLetter(y)) return isLetter(x) ? 1 : -1
  if (isLetter(x)) return x < y ? -1 : 1
  // A zero is not a leading zero inside a number.
  const begun = (x === '0' || y === '0') && /[1-9]\d*$/.test(a.slice(0, at).join('')) ? '1' : ''
  const [m, n] = [digitsAt(a, at), digitsAt(b, at)]
  const difference = Number(begun + m || 0) - Number(begun + n || 0)
  return difference || m.length - n.length || (x < y ? -1 : 1)
}
