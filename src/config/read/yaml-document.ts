/** YAML text → nodes, with limits on nesting and time. Duplicate keys are left to the caller. */
import {
  type Document,
  type DocumentOptions,
  Lexer,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
} from 'yaml'

/** Above the depth of any key. */
export const maxDepth = 64
export const nestedTooDeep = 'the file is nested too deep'

interface TooDeep {
  /** Offset. */
  tooDeep: number
}

export function yamlDocument(
  text: string,
  options: DocumentOptions & ParseOptions & SchemaOptions,
): Document.Parsed | TooDeep {
  const tooDeep = flowBeyondDepth(text)
  if (tooDeep !== undefined) return { tooDeep }
  try {
    // The library's uniqueness check is quadratic.
    const document = parseDocument(text, { ...options, prettyErrors: false, merge: false, uniqueKeys: false })
    return document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION') ? { tooDeep: 0 } : document
  } catch (error) {
    // The library recurses once per level.
    if (error instanceof RangeError) return { tooDeep: 0 }
    throw error
  }
}

/**
 * Offset where flow collections (`[`, `{`) exceed the maximum depth; undefined if they do not. The library takes
 * seconds for a megabyte of brackets, and reports an error for each.
 */
function flowBeyondDepth(text: string): number | undefined {
  if (text.length < longText) return undefined
  let depth = 0
  let at = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > maxDepth) return at
    // The lexer's own marks are not part of the text.
    if (!lexerMarks.includes(token)) at += token.length
  }
  return undefined
}

/** Texts up to this length are parsed quickly, whatever they contain. */
const longText = 4096
/** Document, flow-error end, scalar. The byte order mark is part of the text. */
const lexerMarks = ['\u0002', '\u0018', '\u001f']
