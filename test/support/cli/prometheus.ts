/**
 * A strict reader of the Prometheus text format (version 0.0.4): each family has HELP, TYPE and its samples in one
 * place, and each series one value.
 */
export interface Family {
  type: 'counter' | 'gauge'
  help: string
  /** By labels as text. */
  samples: Map<string, number>
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const sampleLine = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`)

/** Throws for a line that a scraper may refuse, and names it. */
export function readPrometheus(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>()
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  let help: string[] = []
  let current: { name: string; family: Family } | undefined
  for (const line of lines) {
    const refuse = (why: string): never => {
      throw new Error(`${why}: ${line}`)
    }
    const [, helped, said = ''] = new RegExp(`^# HELP (${name}) (.+)$`).exec(line) ?? []
    const [, typed, type] = new RegExp(`^# TYPE (${name}) (counter|gauge)$`).exec(line) ?? []
    if (helped !== undefined) help = [helped, said]
    else if (typed !== undefined) {
      if (families.has(typed)) refuse('a second family of one name')
      if (help[0] !== typed) refuse('no HELP before TYPE')
      const family = { type: type as Family['type'], help: help[1] ?? '', samples: new Map() }
      current = { name: typed, family }
      families.set(typed, family)
    } else {
      const [, sample, labels = '', value] = sampleLine.exec(line) ?? refuse('not a sample')
      if (current === undefined || sample !== current.name) throw new Error(`outside its family: ${line}`)
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, one]) => one)
      if (new Set(names).size !== names.length) refuse('a label twice')
      if (current.family.samples.has(labels)) refuse('a series twice')
      if (!Number.isFinite(Number(value))) refuse('not a number')
      if (current.family.type === 'counter' && !current.name.endsWith('_total')) refuse('no _total')
      current.family.samples.set(labels, Number(value))
    }
  }
  return families
}
