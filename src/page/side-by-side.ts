/** Turns a unified diff into two columns: old text on the left, new text on the right. Pure. */
export type Cell = { text: string; kind: 'same' | 'removed' | 'added' } | undefined

export type Row = { kind: 'gap'; text: string } | { kind: 'lines'; left: Cell; right: Cell }

/** Pairs removed lines with the added lines that follow. */
export function sideBySide(diff: string): Row[] {
  const rows: Row[] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = (): void => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1)
      rows.push({ kind: 'lines', left: cell(removed[i], 'removed'), right: cell(added[i], 'added') })
    removed = []
    added = []
  }
  // Skip the two header lines, which name the same part.
  for (const line of diff.split('\n').slice(2)) {
    const text = line.slice(1)
    if (line.startsWith('-')) {
      // A removal after additions starts another pair.
      if (added.length > 0) flush()
      removed.push(text)
    } else if (line.startsWith('+')) added.push(text)
    else {
      flush()
      if (line.startsWith('@@')) rows.push({ kind: 'gap', text: line })
      else if (line.startsWith(' '))
        rows.push({ kind: 'lines', left: cell(text, 'same'), right: cell(text, 'same') })
    }
  }
  flush()
  return rows
}

const cell = (text: string | undefined, kind: 'same' | 'removed' | 'added'): Cell =>
  text === undefined ? undefined : { text, kind }
