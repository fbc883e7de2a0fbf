/** Scalars as written by go-yaml 2: style, escapes, and folding of long lines. */
import type { GoValue } from './go-json.ts'

interface Placing {
  /** Indentation of continuation lines. */
  indent: number
  /** Column of the scalar's first character. */
  column?: number
  /** Map keys are never folded. */
  isKey?: boolean
}

const width = 80

/** Plain text that a YAML 1.1 parser would not read as a string. */
const words: ReadonlySet<string> = new Set([
  ...['y', 'yes', 'on', 'n', 'no', 'off', 'true', 'false', 'null', '.inf', '+.inf', '-.inf'].flatMap(
    (word) => [word, word.replace(/[a-z]/, (letter) => letter.toUpperCase()), word.toUpperCase()],
  ),
  ...['', '~', '.nan', '.NaN', '.NAN'],
])
const number =
  /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})?)?$/

const isAmbiguous = (text: string): boolean =>
  words.has(text) ||
  (/^[-+.0-9]/.test(text) && number.test(text.replaceAll('_', ''))) ||
  base60.test(text) ||
  date.test(text)

/** Characters that YAML requires to be escaped. */
const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u
/** Characters with a special meaning at the start of or inside plain text. */
const indicator = /^[#,[\]{}&*!|>'"%@`]|^(?:---|\.\.\.)|^[?:-](?:\s|$)|:(?:\s|$)|\s#/

export const hasLines = (text: string): boolean => /[\n\u0085\u2028\u2029]/.test(text)

export function scalarText(value: GoValue, placing: Placing): string {
  if (typeof value !== 'string') return String(value ?? null)
  const unquotable = special.test(value) || / [\n\u0085\u2028\u2029]/.test(value)
  const isLiteral = value.includes('\n') && !unquotable && !/ $/.test(value) && placing.isKey !== true
  if (isLiteral) return literal(value, placing.indent)
  if (isAmbiguous(value) || value.includes('\n') || unquotable) return doubleQuoted(value, placing)
  if (hasLines(value) || /^ | $/.test(value) || indicator.test(value)) {
    return `'${folded(value.replaceAll("'", "''"), { ...placing, quoted: true })}'`
  }
  return folded(value, { ...placing, quoted: false })
}

function literal(text: string, indent: number): string {
  const leading = /^[ \n]/.test(text) ? '2' : ''
  const end = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : ''
  const body = text.replace(/\n$/, '').split('\n')
  const lines = body.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))
  return [`|${leading}${end}`, ...lines].join('\n')
}

/** Breaks at the first single space beyond the width. */
function folded(text: string, { indent, column = 0, isKey, quoted }: Placing & { quoted: boolean }): string {
  if (isKey === true) return text
  let at = column + (quoted ? 1 : 0)
  let out = ''
  for (const [index, character] of [...text].entries()) {
    const alone = character === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' '
    const inner = !quoted || (index > 0 && index < text.length - 1)
    if (alone && inner && at > width) {
      out += `\n${' '.repeat(indent)}`
      at = indent
    } else {
      out += character
      at += 1
    }
  }
  return out
}

const short: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
}

function escaped(character: string, always: boolean): string {
  const letter = short[character]
  if (letter !== undefined) return `\\${letter}`
  if (!always && !special.test(character)) return character
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase()
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`
}

function doubleQuoted(text: string, { indent, column = 0, isKey }: Placing): string {
  let at = column + 1
  let out = ''
  const characters = [...text]
  let spaces = false
  // The library treats every character of a text that starts with a byte order mark as one.
  const marked = text.startsWith('\ufeff')
  for (const [index, character] of characters.entries()) {
    const inner = index > 0 && index < characters.length - 1
    if (character === ' ' && isKey !== true && !spaces && at > width && inner) {
      const kept = characters[index + 1] === ' ' ? '\\' : ''
      out += `\n${' '.repeat(indent)}${kept}`
      at = indent + kept.length
    } else {
      const piece = escaped(character, marked)
      out += piece
      at += piece.length
    }
    spaces = character === ' '
  }
  return `"${out}"`
}
