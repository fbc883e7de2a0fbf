/**
 * Regular expressions from a guest, a client or a file: RE2 syntax, as in Go, matched in linear time. The
 * engine is loaded on demand, because loading takes 10 ms.
 */
export interface LinearPattern {
  /** The pattern's source text. */
  source: string
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean
}

/** undefined for a pattern that is invalid or too expensive. */
export type PatternEngine = (source: string) => LinearPattern | undefined

/** Size limit of the compiled program, and thus of the steps per character. */
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
