import { expect, test } from 'vitest'
import { chooseMirrors } from '../../../src/guest/debian/mirror.ts'
import { parseDeb822, parseSourcesList } from '../../../src/guest/debian/sources.ts'

const uris = (sources: string, env: Record<string, string> = {}): string[] =>
  chooseMirrors(parseSourcesList(sources), env).map(({ uri, suite }) => `${uri} ${suite}`)

test("the mirrors are those of the host's own Debian sources, whatever release the host has", () => {
  const sources = `
# deb http://old.test/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian/ bookworm main contrib # here
deb-src http://mirror.test/debian bookworm main
deb http://security.test/debian-security bookworm-security main
deb https://download.docker.com/linux/debian bookworm stable
deb [signed-by=/usr/share/keyrings/vendor.gpg] https://apt.vendor.test bookworm main
`
  expect(uris(sources)).toEqual([
    'http://mirror.test/debian trixie',
    'http://security.test/debian-security trixie-security',
  ])
})

test('stanzas of deb822 sources give a source for each address and suite', () => {
  const sources = parseDeb822(`# a comment
Types: deb deb-src
URIs: http://mirror.test/deb
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://off.test/debian
Suites: trixie
Components: main
`)
  expect(sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
    'http://mirror.test/deb bookworm',
    'http://mirror.test/deb bookworm-updates',
  ])
  // By its keyring, whatever its address.
  expect(chooseMirrors(sources, {})[0]).toEqual({ uri: 'http://mirror.test/deb', suite: 'trixie' })
})

test("a host without Debian sources uses Debian's public mirror", () => {
  const ubuntu = 'deb http://archive.ubuntu.com/ubuntu noble main universe\n'
  expect(uris(ubuntu)).toEqual([
    'http://deb.debian.org/debian trixie',
    'http://deb.debian.org/debian-security trixie-security',
  ])
})

test('the security suite is beside the main one unless it is named, and is left out only by the word none', () => {
  const env = { DESKTOP_DEBIAN_MIRROR: 'https://own.test/mirrors/debian/' }
  const sources = 'deb http://security.test/debian-security trixie-security main\n'
  expect(uris(sources, env)).toEqual([
    'https://own.test/mirrors/debian trixie',
    'https://own.test/mirrors/debian-security trixie-security',
  ])
  expect(uris('', { ...env, DESKTOP_DEBIAN_SECURITY_MIRROR: 'http://s.test/x' })[1]).toBe(
    'http://s.test/x trixie-security',
  )
  expect(uris('', { ...env, DESKTOP_DEBIAN_SECURITY_MIRROR: 'none' })).toHaveLength(1)
})

test.each([
  ['deb cdrom:[Debian]/ trixie main\ndeb file:///srv/debian trixie main\n', {}],
  ['', { DESKTOP_DEBIAN_MIRROR: 'file:///srv/debian' }],
  ['', { DESKTOP_DEBIAN_MIRROR: '-oAcquire::x' }],
])('sources that are not on the web are refused instead of replaced: %j %j', (sources, env) => {
  expect(() => uris(sources, env)).toThrow(/not .*(web|http)/)
})
