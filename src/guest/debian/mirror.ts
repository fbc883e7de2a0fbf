/** Selects the guest's mirrors: from this host's apt sources, or Debian's public one. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { readSources, type Source } from './sources.ts'

/** Debian release and architecture of the guest. */
export const suite = 'trixie'
export const architecture = 'amd64'

export interface Mirror {
  /** Without a trailing slash. */
  uri: string
  suite: string
}

const publicMirror = 'http://deb.debian.org/debian'

type Environment = Readonly<Record<string, string | undefined>>

/** The guest's suites; the security suite is omitted only if the user sets `none`. */
export async function findMirrors(etc = '/etc/apt', env: Environment = process.env): Promise<Mirror[]> {
  return chooseMirrors(await readSources(etc), env)
}

/** Pure: see `findMirrors`. */
export function chooseMirrors(sources: readonly Source[], env: Environment): Mirror[] {
  const named = (key: string): string | undefined => (env[key] === '' ? undefined : env[key])
  const own = named('DESKTOP_DEBIAN_MIRROR')
  const ownSecurity = named('DESKTOP_DEBIAN_SECURITY_MIRROR')
  const debian = sources.filter(isDebian)
  const usable = debian.filter(({ uri }) => isWeb(uri))
  if (own === undefined && debian.length > 0 && usable.length === 0) {
    const uris = [...new Set(debian.map(({ uri }) => uri))].join(', ')
    throw new DesktopError(
      'guest/no-mirror',
      `the Debian sources of this host are not http or https URLs: ${uris}`,
    )
  }
  const isSecurity = ({ uri, suite }: Source): boolean => /-security|\/updates$/.test(`${uri} ${suite}`)
  const main = checked(own ?? usable.find((one) => !isSecurity(one))?.uri ?? publicMirror)
  const mirrors = [{ uri: main, suite }]
  if (ownSecurity === 'none') return mirrors
  // With a mirror set for desktop only, the host's security mirror does not apply.
  const known = own === undefined ? usable.find(isSecurity)?.uri : undefined
  const security = checked(ownSecurity ?? known ?? sibling(main))
  return [...mirrors, { uri: security, suite: `${suite}-security` }]
}

/** Mirrors with both archives have them in sibling folders. */
const sibling = (main: string): string => main.replace(/\/debian(?=\/|$)/, '/debian-security')

const isWeb = (uri: string): boolean => /^https?:\/\//.test(uri)

/** Third parties use the same suite names, so URI and keyring decide; signatures are always verified. */
function isDebian({ uri, components, signedBy }: Source): boolean {
  if (!components.includes('main')) return false
  return /\/debian-archive-[^/]*$/.test(signedBy) || /\/debian(-security)?(\/\d{8}T\d{6}Z)?\/?$/.test(uri)
}

function checked(uri: string): string {
  if (!isWeb(uri) || !URL.canParse(uri)) {
    throw new DesktopError('guest/no-mirror', `not the http or https URL of a Debian mirror: ${uri}`)
  }
  return uri.replace(/\/+$/, '')
}
