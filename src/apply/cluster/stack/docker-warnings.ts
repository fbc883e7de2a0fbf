/**
 * Options that `docker stack deploy` ignores, from its error output: unsupported ones on one line, deprecated ones as
 * `KEY: reason` in paragraphs. Against docker/cli, cli/command/stack/loader/loader.go.
 */
import type { Place } from '../../../reconcile/plan.ts'

export interface DockerWarning {
  message: string
  /** Key of a service; undefined if docker names none. */
  key: string | undefined
}

const heading = /^Ignoring (unsupported|deprecated) options:\s*(.*)$/

export function dockerWarnings(stderr: string): DockerWarning[] {
  const found: DockerWarning[] = []
  let isListing = false
  for (const line of stderr.split('\n')) {
    const [, kind, listed = ''] = heading.exec(line) ?? []
    if (kind !== undefined) {
      isListing = kind === 'deprecated'
      for (const key of listed.split(/,\s*/).filter(Boolean))
        found.push({ message: `docker ignores the ${kind} key ${key}`, key })
      continue
    }
    const [, key, reason = ''] = (isListing && /^([a-z_]+): (.*)$/.exec(line)) || []
    if (key !== undefined)
      found.push({ message: `docker ignores the deprecated key ${key}: ${asClause(reason)}`, key })
    else if (line !== '') isListing = false
    if (line.startsWith('Ignoring ')) found.push({ message: asClause(line), key: undefined })
  }
  return found
}

/** Without a capital and a full stop. */
const asClause = (text: string): string =>
  `${text[0]?.toLowerCase() ?? ''}${text.slice(1).replace(/[.:]$/, '')}`

/** First use of the key in a service. */
export function placeOfKey(places: ReadonlyMap<string, Place>, key: string): Place | undefined {
  for (const [path, place] of places) {
    const [section, , own, ...rest] = path.split('.')
    if (section === 'services' && own === key && rest.length === 0) return place
  }
  return undefined
}
