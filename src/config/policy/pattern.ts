/** Paths of policy rules: `vm.memory`, `ports[*].address`, `network.dns.hosts["*.corp.example"]`. */
import { didYouMean } from '../nearest.ts'
import type { Path } from '../read/source.ts'
import { policyKeys } from './document.ts'

/** One entry per step; `*` matches any characters of a key and any list index. */
export type Pattern = readonly string[]

const segment = /\.?([A-Za-z_*][\w*-]*)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]/y

/** undefined if the text is not a path. */
export function parsePattern(text: string): Pattern | undefined {
  const steps: string[] = []
  for (let at = 0; at < text.length; at = segment.lastIndex) {
    segment.lastIndex = at
    const match = segment.exec(text)
    if (match === null || match[0].startsWith('.') !== (at > 0 && !match[0].startsWith('['))) return undefined
    const [, name, index, quoted] = match
    steps.push(name ?? index ?? unquoted(quoted ?? ''))
  }
  return steps.length === 0 ? undefined : steps
}

function unquoted(inner: string): string {
  try {
    return JSON.parse(`"${inner}"`) as string
  } catch {
    return inner
  }
}

/** Whether `text` matches `glob`; `*` is the only special character. */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false
  // Matching each part as early as possible leaves the most room for later parts.
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

export const matchesPath = (pattern: Pattern, path: Path): boolean =>
  pattern.length === path.length && pattern.every((step, i) => matchesGlob(step, String(path[i])))

/** Reason why no configuration can have a value at this path; undefined if one can. Such a rule would have no effect. */
export function unknownPath(pattern: Pattern): { message: string; hint: string } | undefined {
  const fits = (step: string, known: string | undefined): boolean =>
    known === '*' || matchesGlob(step, known ?? '')
  const near = policyKeys.filter(({ path }) =>
    pattern.every((step, i) => i >= path.length || fits(step, path[i])),
  )
  if (near.some(({ path, open }) => pattern.length === path.length || (open && pattern.length > path.length)))
    return undefined
  const text = pattern.join('.')
  const longer = near.filter(({ path }) => path.length > pattern.length)
  if (longer.length > 0) {
    const names = longer.map(({ path }) => path.join('.'))
    return { message: `${text} is a section, not a key`, hint: `use a key: ${names.slice(0, 8).join(', ')}` }
  }
  const hint = didYouMean(
    text,
    policyKeys.map(({ path }) => path.join('.')),
  )
  return { message: `no configuration has a key ${text}`, hint: hint ?? 'see docs/reference/desktop.yaml.md' }
}
