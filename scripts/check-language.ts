/**
 * Counts words of translated English (scripts/language/patterns.ts) and fails when there are any.
 *
 *   node scripts/check-language.ts          user-facing text, file headers and test names, comments
 *   node scripts/check-language.ts --count  counts by folder only
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allowed } from './language/allowed.ts'
import { tellsIn } from './language/patterns.ts'
import { type Text, textsOfDescriptions, textsOfMarkdown, textsOfSource } from './language/texts.ts'

const root = join(import.meta.dirname, '..')
const filesOf = (...patterns: string[]): string[] => globSync(patterns, { cwd: root }).sort()
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')
/** Generated from schemas, whose descriptions are checked instead. */
const isGenerated = (file: string): boolean => file.startsWith('src/config/generated/')

interface Found {
  file: string
  line: number
  message: string
}

const perClass = new Map<string, Found[]>([
  ['user-facing text', []],
  ['file headers and test names', []],
  ['comments', []],
])

function judge(kind: string, file: string, texts: readonly Text[]): void {
  for (const { line, text } of texts) {
    for (const { tell, at, words } of tellsIn(text)) {
      if (kind === 'comments' && tell.inComments !== true) continue
      if (file.endsWith('.md') && tell.inCodeOnly === true) continue
      const around = text.slice(Math.max(0, at - 60), at + 60).replace(/\s+/g, ' ')
      if (allowed.some((entry) => entry.file === file && around.includes(entry.text))) continue
      const atLine = line + text.slice(0, at).split('\n').length - 1
      perClass.get(kind)?.push({ file, line: atLine, message: `"${words}" → ${tell.instead}: ${around}` })
    }
  }
}

for (const file of filesOf('src/**/*.{ts,tsx}').filter((file) => !isGenerated(file))) {
  const { strings, header, comments } = textsOfSource(file, textOf(file))
  judge('user-facing text', file, strings)
  judge('comments', file, comments)
  judge('file headers and test names', file, header === undefined ? [] : [header])
}
for (const file of filesOf('{test,scripts,bench}/**/*.ts')) {
  const { header, testNames } = textsOfSource(file, textOf(file))
  judge('file headers and test names', file, [...(header === undefined ? [] : [header]), ...testNames])
}
for (const file of filesOf('*.md', 'docs/**/*.md', 'examples/**/*.md')) {
  judge('user-facing text', file, textsOfMarkdown(textOf(file)))
}
for (const file of filesOf('schemas/*.json', 'action.yml')) {
  judge('user-facing text', file, textsOfDescriptions(textOf(file)))
}

const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/')
for (const [kind, found] of perClass) {
  if (process.argv.includes('--count')) {
    for (const [folder, entries] of Map.groupBy(found, ({ file }) => folderOf(file))) {
      console.log(`${folder}: ${entries.length}`)
    }
  } else for (const { file, line, message } of found) console.log(`${file}:${line}: ${message}`)
  console.log(`${kind}: ${found.length} tells`)
}
process.exitCode = [...perClass.values()].every((found) => found.length === 0) ? 0 : 1
