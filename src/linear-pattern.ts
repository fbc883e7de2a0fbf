/**
 * Regular expressions that a guest, a client or a file gives: RE2 syntax, as in Go, matched in time linear in the
 * text. The engine is loaded by those who need it: it costs 10 ms.
 */
export interface LinearPattern {
  /** As written. */
  source: string
  /** Whether it occurs in the text. */
  test(text: string): boolean
}

/** undefined: not a pattern of this syntax, or one that would cost too much. */
export type PatternEngine = (source: string) => LinearPattern | undefined

/** Steps of the compiled program: each character of a text costs at most that many. */
const maxProgram = 2_000
const maxSource = 1_000

export async function loadPatternEngine(): Promise<PatternEngine> {
  const { RE2JS } = await import('re2js')
  return (source) => {
    if (source.length > maxSource) return undefined
    try {
      const compiled = RE2JS.compile(source)
      if (compiled.programSize() > maxProgram) return undefined
      return { source, test: (text) => compiled.matcher(text).find() }
    } catch {
      return undefined
    }
  }
}
