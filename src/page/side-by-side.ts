/** A unified diff as two columns: the text before on the left, the text after on the right. Pure. */
export type Cell = { text: string; kind: 'same' | 'removed' | 'added' } | undefined

export type Row = { kind: 'gap'; text: string } | { kind: 'lines'; left: Cell; right: Cell }

/** Removed lines stand beside the added ones that follow them. */
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
  // The two lines of the head name the same part.
  for (const line of diff.split('\n').slice(2)) {
    const text = line.slice(1)
    if (line.startsWith('-')) {
      // A removal after additions begins another pair.
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
