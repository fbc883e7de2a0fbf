/** Trust stores of the host, with the commands that add and remove a CA certificate. */
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Name of the CA in trust stores. */
const nickname = 'desktop local authority'
const fileName = 'desktop-local-authority.crt'

export type Argv = readonly [string, ...string[]]

export interface TrustStore {
  /** Display name: `system (update-ca-certificates)`. */
  name: string
  needsRoot: boolean
  /** File that is written or removed before the commands. */
  file?: string
  /** Required programs. */
  needs: string
  install: readonly Argv[]
  remove: readonly Argv[]
  /** Command that succeeds if the CA is installed; undefined: the file's existence shows it. */
  look?: Argv
}

export interface TrustPlace {
  platform: NodeJS.Platform
  /** `/`, or a test directory with the same layout. */
  root: string
  home: string
  /** Path of the certificate. */
  certificate: string
  /** SHA-1, which identifies it in a keychain. */
  fingerprint: string
}

/** Trust stores on this host: the system's, Chromium's and one per Firefox profile. */
export function trustStores(place: TrustPlace): TrustStore[] {
  if (place.platform === 'darwin') return [keychain(place)]
  return [...systemStores(place), ...nssStores(place)]
}

/** Stores of Debian, Fedora and Arch, detected by their directories. */
function systemStores({ root }: TrustPlace): TrustStore[] {
  const local = (tree: string, ...paths: readonly [option: string, path: string][]): Argv =>
    root === '/' ? [tree] : [tree, ...paths.flatMap(([option, path]) => [option, join(root, path)])]
  const debian = local(
    'update-ca-certificates',
    ['--localcertsdir', 'usr/local/share/ca-certificates'],
    ['--etccertsdir', 'etc/ssl/certs'],
    ['--certsconf', 'etc/ca-certificates.conf'],
    ['--hooksdir', 'etc/ca-certificates/update.d'],
  )
  const known: readonly [marker: string, dir: string, update: Argv][] = [
    ['etc/ca-certificates.conf', 'usr/local/share/ca-certificates', debian],
    ['etc/pki/ca-trust/source/anchors', 'etc/pki/ca-trust/source/anchors', ['update-ca-trust', 'extract']],
    [
      'etc/ca-certificates/trust-source/anchors',
      'etc/ca-certificates/trust-source/anchors',
      ['update-ca-trust', 'extract'],
    ],
  ]
  return known
    .filter(([marker]) => existsSync(join(root, marker)))
    .map(([, dir, update]) => ({
      name: `system (${update[0]})`,
      needsRoot: true,
      file: join(root, dir, fileName),
      needs: update[0],
      install: [update],
      // Debian's update leaves dangling symlinks, unless it starts fresh.
      remove: [update[0] === 'update-ca-certificates' ? [...update, '--fresh'] : update],
    }))
}

const nssPlaces = [
  '.pki/nssdb/cert9.db',
  'snap/chromium/current/.pki/nssdb/cert9.db',
  '.mozilla/firefox/*/cert9.db',
  'snap/firefox/common/.mozilla/firefox/*/cert9.db',
  '.var/app/org.mozilla.firefox/.mozilla/firefox/*/cert9.db',
]

function nssStores({ home, certificate }: TrustPlace): TrustStore[] {
  return nssPlaces
    .flatMap((pattern) => globSync(pattern, { cwd: home }).sort())
    .map((found) => {
      const database = `sql:${dirname(join(home, found))}`
      const certutil = (...args: string[]): Argv => ['certutil', '-d', database, '-n', nickname, ...args]
      return {
        name: found.includes('firefox') ? `Firefox (${dirname(found)})` : `Chromium (${dirname(found)})`,
        needsRoot: false,
        needs: 'certutil',
        // C: trusted to issue server certificates only.
        install: [certutil('-A', '-t', 'C,,', '-i', certificate)],
        remove: [certutil('-D')],
        look: certutil('-L'),
      }
    })
}

function keychain({ home, certificate, fingerprint }: TrustPlace): TrustStore {
  const chain = join(home, 'Library/Keychains/login.keychain-db')
  return {
    name: 'login keychain',
    needsRoot: false,
    needs: 'security',
    install: [['security', 'add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', chain, certificate]],
    remove: [
      ['security', 'remove-trusted-cert', certificate],
      ['security', 'delete-certificate', '-Z', fingerprint, chain],
    ],
    look: ['security', 'find-certificate', '-Z', '-c', nickname, chain],
  }
}
