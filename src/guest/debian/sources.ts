/** Reads this host's package sources (sources.list(5)), in one-line and deb822 format, without apt. */
import { join } from 'node:path'
import { readIfExists } from '../../host/atomic-file.ts'
import { readParts } from './apt-config.ts'

export interface Source {
  uri: string
  suite: string
  components: readonly string[]
  /** Path of a keyring, or a key; empty if the source has none. */
  signedBy: string
}

/** One `deb [options] URI SUITE COMPONENT…` per line. */
export function parseSourcesList(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line)
    if (match === null) return []
    const [, options = '', uri = '', suite = '', components = ''] = match
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? ''
    return [{ uri, suite, components: components.split(/\s+/).filter((one) => one !== ''), signedBy }]
  })
}

/** Stanzas of fields, each with any number of URIs and suites. */
export function parseDeb822(text: string): Source[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const field = (name: string): string[] =>
        (new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '')
          .split(/\s+/)
          .filter((word) => word !== '')
      if (!field('Types').includes('deb') || /^(no|false)$/i.test(field('Enabled')[0] ?? '')) return []
      const components = field('Components')
      const signedBy = field('Signed-By').join(' ')
      return field('URIs').flatMap((uri) =>
        field('Suites').map((suite) => ({ uri, suite, components, signedBy })),
      )
    })
}

/** Returns none on a host without apt. */
export async function readSources(etc: string): Promise<Source[]> {
  const parts = join(etc, 'sources.list.d')
  const lists = [await readIfExists(join(etc, 'sources.list')), ...(await readParts(parts, /\.list$/))]
  const stanzas = await readParts(parts, /\.sources$/)
  return [...lists.flatMap((text) => parseSourcesList(text ?? '')), ...stanzas.flatMap(parseDeb822)]
}
