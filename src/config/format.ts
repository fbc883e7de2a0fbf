/** Formats desktop.yaml: two spaces, at most one blank line; comments and key order are kept. */
import { isMap, parseDocument, visit, YAMLMap, YAMLSeq } from 'yaml'
import { thrown } from './check/problem.ts'
import { parseText } from './read/parse.ts'
import { sourceOf } from './read/source.ts'

/** Changes only the layout. Throws on invalid YAML; does not validate values. */
export function formatted(text: string, file: string): string {
  const { tree, errors } = parseText(sourceOf(text, { file, directory: '' }), { env: {} })
  // Unset variables do not affect formatting.
  const broken = errors.filter(({ code }) => code !== 'config/variable')
  if (broken.length > 0 || tree === undefined) throw thrown(broken.length > 0 ? broken : errors)
  const document = parseDocument(text.replaceAll('\r\n', '\n'), { version: '1.2' })
  if (!isMap(document.contents)) return text
  visit(document, {
    Collection: (_key, node) => {
      if (node.flow === true && !fits(node)) delete node.flow
      if (node.flow === true && (node instanceof YAMLMap || node instanceof YAMLSeq)) pad(node)
    },
  })
  return document.toString({ indent: 2, lineWidth: 0 })
}

const longestLine = 100

/** Flow style is kept if it fits on one line. */
function fits(node: { toString(): string }): boolean {
  const text = String(node)
  return !text.includes('\n') && text.length <= longestLine
}

/** Pads `{ a: 1 }` but not `[1]`: the library has one setting for both. */
function pad(node: YAMLMap | YAMLSeq): void {
  const print = (node instanceof YAMLMap ? YAMLMap : YAMLSeq).prototype.toString
  const flowCollectionPadding = node instanceof YAMLMap ? ' ' : ''
  node.toString = function (this: YAMLMap & YAMLSeq, context, ...rest) {
    return print.call(this, context && { ...context, flowCollectionPadding }, ...rest)
  }
}
