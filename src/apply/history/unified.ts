/** Unified diff of two texts (POSIX `diff -u`), for comparing generations. */

type Line = { mark: ' ' | '-' | '+'; text: string }

const contextLines = 3
/** Above this number of line pairs, the part between equal ends is shown as replaced. */
const maxPairs = 4_000_000

/** Empty if the texts are equal. The header names both sides `name`, prefixed with `a/` and `b/`. */
export function unifiedDiff(name: string, from: string, to: string): string {
  if (from === to) return ''
  const lines = editScript(linesOf(from), linesOf(to))
  return [`--- a/${name}`, `+++ b/${name}`, ...hunks(lines)].map((line) => `${line}\n`).join('')
}

/** A last line without a newline differs from one with a newline, as in POSIX. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') return lines.slice(0, -1)
  return [...lines.slice(0, -1), `${lines.at(-1)}\n\\ No newline at end of file`]
}

function editScript(a: readonly string[], b: readonly string[]): Line[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ mark: ' ', text }))
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  return [...same(a.slice(0, start)), ...between(left, right), ...same(a.slice(a.length - end))]
}

/** Longest common subsequence by dynamic programming; a removed line precedes its replacement. */
function between(a: readonly string[], b: readonly string[]): Line[] {
  const width = b.length + 1
  const lengths = a.length * b.length > maxPairs ? undefined : new Uint32Array((a.length + 1) * width)
  const length = (i: number, j: number): number => lengths?.[i * width + j] ?? 0
  if (lengths !== undefined) {
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        lengths[i * width + j] =
          a[i] === b[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1))
      }
    }
  }
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]]
    if (lengths !== undefined && left !== undefined && left === right) {
      lines.push({ mark: ' ', text: left })
      i += 1
      j += 1
    } else if (left !== undefined && (right === undefined || length(i + 1, j) >= length(i, j + 1))) {
      lines.push({ mark: '-', text: left })
      i += 1
    } else {
      lines.push({ mark: '+', text: right ?? '' })
      j += 1
    }
  }
  return lines
}

function hunks(lines: readonly Line[]): string[] {
  const changed = lines.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]))
  const ranges: { from: number; to: number }[] = []
  for (const index of changed) {
    const range = {
      from: Math.max(0, index - contextLines),
      to: Math.min(lines.length, index + contextLines + 1),
    }
    const last = ranges.at(-1)
    if (last !== undefined && range.from <= last.to) last.to = range.to
    else ranges.push(range)
  }
  const counts = (part: readonly Line[], other: '-' | '+'): number =>
    part.filter(({ mark }) => mark !== other).length
  return ranges.flatMap(({ from, to }) => {
    const [before, part] = [lines.slice(0, from), lines.slice(from, to)]
    const place = (other: '-' | '+'): string => {
      const count = counts(part, other)
      // An empty range is placed on the line before it.
      return `${counts(before, other) + (count === 0 ? 0 : 1)},${count}`
    }
    return [`@@ -${place('+')} +${place('-')} @@`, ...part.map(({ mark, text }) => `${mark}${text}`)]
  })
}
