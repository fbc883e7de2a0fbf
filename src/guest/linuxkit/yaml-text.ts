/** YAML as read by LinuxKit: YAML 1.2 with merge keys, and integers in Go syntax. */
import { isScalar, parseAllDocuments, type ScalarTag, type Tags, visit } from 'yaml'
import { DesktopError } from '../../errors/desktop-error.ts'
import { rangeAt, type Source } from './place.ts'

/** 12, 0x1f, 0b11, 0o17 and 017, with underscores between digits. */
const integerTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  identify: (value) => typeof value === 'bigint' || Number.isInteger(value),
  default: true,
  test: /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)$/,
  resolve(text) {
    const digits = text.replace(/^[-+]/, '').replaceAll('_', '')
    const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits)
    const signed = text.startsWith('-') ? -value : value
    return signed >= Number.MIN_SAFE_INTEGER && signed <= Number.MAX_SAFE_INTEGER ? Number(signed) : signed
  },
}

const withGoIntegers = (tags: Tags): Tags => [
  integerTag,
  ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== integerTag.tag),
]

/** The first document of the text; upstream ignores the rest. Throws `linuxkit/yaml`. */
export function readYaml(file: string, text: string): Source {
  const documents = parseAllDocuments(text, {
    prettyErrors: false,
    merge: true,
    schema: 'core',
    customTags: withGoIntegers,
  })
  const document = Array.isArray(documents) ? documents[0] : undefined
  if (document === undefined) throw new DesktopError('linuxkit/yaml', `${file} is empty`)
  const [error] = document.errors
  if (error !== undefined) {
    const at = rangeAt({ file, text }, error.pos[0])
    throw new DesktopError('linuxkit/yaml', error.message.split('\n')[0] ?? error.message, { at })
  }
  const { yaml } = document.directives ?? {}
  if (yaml?.explicit === true && yaml.version === '1.2') {
    throw new DesktopError('linuxkit/yaml', `${file}: upstream rejects files with %YAML 1.2`, {
      at: rangeAt({ file, text }, Math.max(text.indexOf('%YAML'), 0)),
      hint: 'remove the line; the file is read as YAML 1.2 anyway',
    })
  }
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return
      const at = rangeAt({ file, text }, alias.range?.[0] ?? 0)
      throw new DesktopError('linuxkit/yaml', `there is no anchor "&${alias.source}" before this alias`, {
        at,
      })
    },
    Pair(_, { key }) {
      // A merge key (<<) is a symbol.
      if (isScalar(key) && (typeof key.value === 'string' || typeof key.value === 'symbol')) return
      const at = rangeAt({ file, text }, isScalar(key) ? (key.range?.[0] ?? 0) : 0)
      throw new DesktopError('linuxkit/yaml', 'a key is not a string', { at, hint: 'put quotes around it' })
    },
  })
  return { file, text, document }
}

/** Whether Go parses the number as a float, even if its value is an integer: 1.0, 1e3, 08. */
export const isFloat = (node: unknown): boolean =>
  isScalar(node) &&
  typeof node.value === 'number' &&
  /^(?!0[xX]).*[.eE]|^[-+]?0\d*[89]/.test(node.source ?? '')
