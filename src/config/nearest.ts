/** Suggests the known name closest to a mistyped one. */

/** Optimal string alignment distance: insertions, deletions, substitutions and transpositions. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i])
  const first = rows[0] as number[]
  for (let j = 0; j <= b.length; j += 1) first[j] = j
  for (let i = 1; i <= a.length; i += 1) {
    const row = rows[i] as number[]
    const above = rows[i - 1] as number[]
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      }
      row[j] = best
    }
  }
  return rows[a.length]?.[b.length] ?? 0
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '')

/** Undefined if no name is close: a bad suggestion is worse than none. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: { candidate: string; score: number } | undefined
  for (const candidate of known) {
    const score = distance(plain(name), plain(candidate))
    if (best === undefined || score < best.score) best = { candidate, score }
  }
  if (best === undefined || best.score > Math.max(1, Math.floor(name.length / 3))) return undefined
  return best.candidate
}

export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const guess = nearest(name, known)
  return guess === undefined ? undefined : `did you mean "${guess}"?`
}
