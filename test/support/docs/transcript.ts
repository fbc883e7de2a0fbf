/**
 * Documents whose examples are run. A ```console block is a terminal's transcript: a line that begins with `$ ` is a
 * command of the host (`> ` continues it), what follows is its output. In output, a line `...` stands for any
 * lines and `…` for any text; numbers, sizes and ids may differ from those written, addresses and ports may not.
 */

/** Pages whose commands need a VM: test/e2e runs them. All others run by test/docs/pages.test.ts. */
export const pagesWithVm: readonly string[] = ['README.md', 'docs/tour.md']

export interface Step {
  /** 1-based line of the command in the document. */
  line: number
  command: string
  /** Lines that the command has to print. */
  expected: readonly string[]
}

/** Files that a page shows: ```yaml blocks that begin with a comment which is a file's name, and which they keep. */
export function filesOf(document: string): ReadonlyMap<string, string> {
  const blocks = document.matchAll(/^```yaml\n(# ([\w./-]+\.yaml)\n[\s\S]*?)^```$/gm)
  return new Map([...blocks].map(([, text = '', name = '']) => [name, text]))
}

/** Lines of transcripts that no test runs: prompts in a block of another kind. */
export function unrunLines(document: string): string[] {
  let fence: string | undefined
  return document.split('\n').filter((text) => {
    if (!text.startsWith('```')) return fence !== undefined && fence !== '```console' && text.startsWith('$ ')
    fence = fence === undefined ? text : undefined
    return false
  })
}

/** Content of the first ```yaml block: the desktop.yaml that the document is about. */
export function configOf(document: string): string {
  const config = /^```yaml\n([\s\S]*?)^```$/m.exec(document)?.[1]
  if (config === undefined) throw new Error('the document has no ```yaml block')
  return config
}

export function stepsOf(document: string): Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = []
  let isInside = false
  document.split('\n').forEach((text, at) => {
    if (text.startsWith('```')) {
      isInside = text === '```console'
      return
    }
    if (!isInside) return
    const last = steps.at(-1)
    if (text.startsWith('$ ')) steps.push({ line: at + 1, command: text.slice(2), expected: [] })
    else if (last === undefined) throw new Error(`line ${at + 1}: output before any command`)
    else if (text.startsWith('> ') && last.expected.length === 0) last.command += `\n${text.slice(2)}`
    else last.expected.push(text)
  })
  return steps
}

/** The first expected line that is not there, or undefined when all are. */
export function missingLine(expected: readonly string[], output: string): string | undefined {
  const lines = trimmedLines(output)
  let at = 0
  let mayskip = false
  for (const want of expected) {
    if (want.trim() === '...') {
      mayskip = true
      continue
    }
    if (want.trim() === '') continue
    const pattern = patternOf(want)
    const found = lines.findIndex((line, n) => n >= at && pattern.test(line))
    if (found < 0 || (found > at && !mayskip)) return want
    at = found + 1
    mayskip = false
  }
  return at < lines.length && !mayskip ? `(nothing after line ${at}, but: ${lines[at]})` : undefined
}

const trimmedLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\r$/, '').trim())
    .filter((line) => line !== '')

/** Words that differ from run to run: whole numbers and decimals with or without unit, and ids in hexadecimal. */
const numberWord = /^\(?[+-]?\d+(\.\d+)?(ms|s|%|B|[kMG]i?B|[KMG])?[),;:]?$/
const idWord = /^"?([0-9a-f]{12}|[0-9a-f]{64})"?,?$/

function patternOf(want: string): RegExp {
  const words = want.trim().split(/\s+/).map(wordPattern)
  return new RegExp(`^${words.join('\\s+')}$`)
}

function wordPattern(word: string): string {
  if (numberWord.test(word)) return '\\(?[+-]?\\d[\\w.%]*[),;:]?'
  if (idWord.test(word)) return '"?[0-9a-f]{12,64}"?,?'
  return word.split('…').map(escaped).join('.*')
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
