/**
 * Extracts the English texts of a file: strings and header of TypeScript, test names, prose of Markdown,
 * descriptions.
 */
import { parseSync } from 'rolldown/utils'

export interface Text {
  /** 1-based number of the text's first line. */
  line: number
  text: string
}

export interface SourceTexts {
  /** String literals, templates and JSX text, one text each; `…` replaces an expression. */
  strings: Text[]
  /** The block comment before the first statement. */
  header: Text | undefined
  /** First arguments of test, describe and it. */
  testNames: Text[]
  comments: Text[]
}

interface Node {
  type: string
  start: number
  [key: string]: unknown
}

export function textsOfSource(name: string, source: string): SourceTexts {
  const { program, comments, errors } = parseSync(name, source)
  if (errors.length > 0) throw new Error(`${name}: ${errors[0]?.message}`)
  const lineAt = (offset: number): number => source.slice(0, offset).split('\n').length
  const strings: Text[] = []
  const testNames: Text[] = []

  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) visit(entry)
    if (!isNode(value)) return
    if (value.type === 'ImportDeclaration') return
    const text = literalText(value)
    if (text !== undefined) strings.push({ line: lineAt(value.start), text })
    if (value.type === 'CallExpression' && isTestCall(value.callee)) {
      const [first] = value.arguments as unknown[]
      const testName = isNode(first) ? literalText(first) : undefined
      if (isNode(first) && testName !== undefined)
        testNames.push({ line: lineAt(first.start), text: testName })
    }
    for (const child of Object.values(value)) visit(child)
  }
  visit(program.body)

  const [first] = comments
  const firstStatement = program.body[0]?.start ?? source.length
  const header =
    first?.type === 'Block' && first.start < firstStatement
      ? { line: lineAt(first.start), text: first.value.replace(/^\s*\* ?/gm, '') }
      : undefined
  const remarks = comments.map(({ start, value }) => ({
    line: lineAt(start),
    text: value.replace(/\n\s*\* ?/g, ' '),
  }))
  return { strings, header, testNames, comments: remarks }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

function literalText(node: Node): string | undefined {
  if (node.type === 'JSXText') return String(node.value)
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

/** `test(…)`, `test.skipIf(…)(…)`, `describe.each([…])(…)` and similar calls. */
function isTestCall(callee: unknown): boolean {
  if (!isNode(callee)) return false
  if (callee.type === 'Identifier') return ['test', 'it', 'describe'].includes(String(callee.name))
  if (callee.type === 'MemberExpression') return isTestCall(callee.object)
  return callee.type === 'CallExpression' && isTestCall(callee.callee)
}

/** Paragraphs without code blocks, inline code and link targets, which repeat strings and file names. */
export function textsOfMarkdown(source: string): Text[] {
  const blank = (text: string): string => text.replace(/[^\n]+/g, '')
  const prose = source
    .replace(/^ *```[\s\S]*?^ *```$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`[^`]*`/g, (code) => `…${blank(code)}`)
    .replace(/\]\([^)]*\)/g, ']')
  return paragraphs(prose)
}

function paragraphs(prose: string): Text[] {
  const texts: Text[] = []
  let open: Text | undefined
  prose.split('\n').forEach((text, at) => {
    if (text.trim() === '') open = undefined
    else if (open === undefined) {
      open = { line: at + 1, text }
      texts.push(open)
    } else open.text += `\n${text}`
  })
  return texts
}

/** Values of `description` and `x-expected` in a JSON schema, and of `description:` in YAML. */
export function textsOfDescriptions(source: string): Text[] {
  return source.split('\n').flatMap((line, at) => {
    const text = /^\s*"?(?:description|title|x-[a-z]+|\$comment)"?: *(.+?),?$/.exec(line)?.[1]
    return text === undefined ? [] : [{ line: at + 1, text }]
  })
}
