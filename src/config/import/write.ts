/** Writes a draft as desktop.yaml, with each original value in a comment and the skipped settings at the end. */
import { Document, isCollection, isMap, isPair, isScalar, isSeq, type Node } from 'yaml'
import { type Draft, escaped, type Taken } from './draft.ts'

/** In the usual order. */
const sections = ['apiVersion', 'name', 'vm', 'network', 'ports', 'publish', 'shares', 'engine', 'guest']

export function importedText({ file, taken, left, notes }: Draft, source: string): string {
  const ordered = Object.fromEntries(
    Object.entries(file).sort(([a], [b]) => sections.indexOf(a) - sections.indexOf(b)),
  )
  const document = new Document(escaped(ordered), { aliasDuplicateObjects: false })
  for (const one of taken) annotate(document, one)
  for (const pair of isMap(document.contents) ? document.contents.items : []) {
    if (isPair(pair) && isCollection(pair.value) && isScalar(pair.key)) pair.key.spaceBefore = true
  }
  const head = [`Taken from ${source} by \`desktop import\`.`, ...notes].map((note) => `# ${oneLine(note)}`)
  const rest = left.map(({ from, was, reason }) => `#   ${oneLine(`${from}: ${was}  (${reason})`)}`)
  const tail = rest.length === 0 ? [] : ['', '# Not taken over:', ...rest]
  return `${[...head, document.toString({ lineWidth: 0 }).trimEnd(), ...tail].join('\n')}\n`
}

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')

/** List items were added one by one: the comment belongs to the first item without one. */
function annotate(document: Document, { key, from, was, value }: Taken): void {
  const node = document.getIn(key, true)
  const items: readonly unknown[] = isSeq(node) && !Array.isArray(value) ? node.items : [node]
  const target = items
    .filter((item) => isScalar(item) || isCollection(item))
    .find((item) => !hasComment(item))
  if (target === undefined) return
  const comment = oneLine(` ${from}: ${was}`)
  if (isScalar(target)) target.comment = comment
  else target.commentBefore = comment
}

const hasComment = ({ comment, commentBefore }: Node): boolean =>
  (comment ?? undefined) !== undefined || (commentBefore ?? undefined) !== undefined
