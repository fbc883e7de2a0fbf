import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Desired } from '../../src/config/desired.ts'
import { ownImages, ownServices } from '../../src/config/guest-components.ts'
import { configOf } from '../../src/config/load.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { recipes } from '../../src/guest/debian/components.ts'
import { renderLinuxkit } from '../../src/guest/render.ts'
import { authority } from '../support/config/authority.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'desktop-keys-'))
  mkdirSync(join(dir, 'folder'))
  writeFileSync(join(dir, 'web.tar'), '')
  writeFileSync(join(dir, 'ca.pem'), `two of them:\n${authority}${authority}`)
  writeFileSync(
    join(dir, 'key.pem'),
    `${authority}-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n`,
  )
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const load = (text: string): Desired =>
  configOf({
    file: 'desktop.yaml',
    path: join(dir, 'desktop.yaml'),
    text: `apiVersion: desktop/v1\n${text}`,
    env: {},
  })

/** `LINE:COLUMN MESSAGE` of every mistake. */
function mistakes(text: string): string[] {
  try {
    load(text)
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    return [error, ...error.others].map(({ at, message }) => `${at?.line}:${at?.column} ${message}`)
  }
  return []
}

test.each([
  ['/', /as a whole cannot be a share/],
  ['/tmp/', /\/tmp as a whole/],
  ['/var/lib/docker', /needs \/var$/],
  ['/proc/x', /needs \/proc$/],
  ['/work/../etc', /needs \/etc$/],
  ['work', /must be an absolute path/],
])('a share cannot be at %s', (target, message) => {
  expect(mistakes(`shares: [{ source: ., target: ${target} }]`)).toEqual([expect.stringMatching(message)])
})

test('nested shares are an error at the later one', () => {
  const file = 'shares:\n  - { source: ., target: /work }\n  - { source: ., target: /work/sub/ }\n'
  expect(mistakes(file)).toEqual(['4:26 /work/sub and the share /work lie in each other'])
})

test('a share without a target has the same path as on this host, and a bad one is reported at the source', () => {
  expect(load('shares: [{ source: . }]').shares).toEqual([
    { source: dir, target: dir, writable: false, events: true },
  ])
  expect(mistakes('shares: [{ source: /usr/share }]')).toEqual(['2:20 the VM itself needs /usr'])
})

test('a share is read-only unless it says otherwise, and its source is relative to the file', () => {
  const { shares } = load('shares: [{ source: folder, target: /work/ }]')
  expect(shares).toEqual([{ source: join(dir, 'folder'), target: '/work', writable: false, events: true }])
})

test('swap is a size of up to half the disk', () => {
  expect(load('vm: { swap: 1GiB }').vm.swapBytes).toBe(2 ** 30)
  expect(mistakes('vm: { swap: 1G }')).toEqual(['2:13 "1G" is not a size'])
  expect(mistakes('vm: { swap: 11GiB, disk: 20GiB }')).toEqual([
    expect.stringMatching(/^2:13 11GiB is more than half/),
  ])
})

test('certificates come from files and texts, each once, whatever stands around them', () => {
  const text = stringify({ engine: { trustedCertificates: ['ca.pem', authority] } })
  expect(load(text).engine.trustedCertificates).toEqual([authority])
})

test.each([
  ['missing.pem', /missing.pem cannot be read/],
  ['web.tar', /not a PEM certificate/],
  ['key.pem', /contains a private key/],
  ['"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"', /invalid certificate/],
])('a trusted certificate cannot be %s', (given, message) => {
  const found = mistakes(`engine:\n  trustedCertificates: [${given}]\n`)
  expect(found).toEqual([expect.stringMatching(message)])
  expect(found[0]).toMatch(/^3:25 /)
})

test.each([
  ['{ name: Web, image: desktop/tools }', '3:13 "Web" is not a valid service name'],
  ['{ name: docker, image: desktop/tools }', '3:13 the guest has its own "docker"'],
  ['{ name: web }', '3:5 guest.services[0] lacks "image"'],
  ['{ name: web, image: nginx }', '3:25 "nginx" is not an image of the guest'],
  ['{ name: web, image: ./none.tar }', '3:25 ./none.tar does not exist'],
  ['{ name: web, image: ./folder }', '3:25 ./folder is a folder'],
  ['{ name: web, image: ./web.tar, comand: [a] }', '3:36 unknown key "comand" in guest.services[0]'],
  [
    '{ name: web, image: ./web.tar, command: a }',
    '3:45 guest.services[0].command must be a list, not the string "a"',
  ],
  [
    '{ name: web, image: ./web.tar, runtime: { interfaces: [] } }',
    '3:47 runtime.interfaces is not supported',
  ],
])('guest.services: %s', (service, message) => {
  expect(mistakes(`guest: { services: [\n    ${service}] }\n`)).toEqual([
    expect.stringContaining(message.replace(/^3/, '3')),
  ])
})

test('an image in a file is named by its path, one of the guest by its name', () => {
  const { guest } = load(
    'guest: { services: [{ name: a, image: ./web.tar, net: new }, { name: b, image: desktop/tools }] }',
  )
  expect(guest.services).toEqual([
    { name: 'a', image: join(dir, 'web.tar'), net: 'new' },
    { name: 'b', image: 'desktop/tools' },
  ])
})

test.each([
  ['{ contents: a }', 'a file has no path'],
  ['{ path: ../a, contents: a }', '../a leads outside the guest'],
  ['{ path: /var/a, contents: a }', '/var/a would be hidden'],
  ['{ path: etc/a }', 'etc/a has no contents'],
  ['{ path: etc/a, contents: a, symlink: b }', 'etc/a has both contents and symlink'],
  ['{ path: etc/a, source: none }', 'none does not exist'],
  ['{ path: etc/a, source: folder }', 'folder is a folder'],
  ['{ path: etc/a, contents: a, mode: "9" }', '"9" is not an octal mode'],
  ['{ path: etc/a, contents: a, mode: 0644 }', 'must be a string'],
  ['{ path: "etc/a\\0b", contents: a }', 'guest.files[0].path has U+0000'],
  ['{ path: etc, contents: a }', 'etc is a directory of the guest'],
  ['{ path: etc/a, contents: a, uid: -1 }', '-1 is not a uid'],
  [`{ path: etc/${'n'.repeat(300)}, contents: a }`, 'a file name has at most 255 bytes'],
  [
    '{ path: etc/a, contents: a }, { path: etc/a/b, contents: a }',
    '/etc/a is a file, and cannot contain etc/a/b',
  ],
])('guest.files: %s', (file, message) => {
  expect(mistakes(`guest: { files: [${file}] }\n`)).toEqual([expect.stringContaining(message)])
})

test('the names that a service cannot have are those that the guest has', async () => {
  const yaml = parse(await renderLinuxkit()) as Record<'services' | 'onboot', { name: string }[]>
  const own = [...yaml.services, ...yaml.onboot].map(({ name }) => name)
  expect(ownServices).toEqual(expect.arrayContaining(own))
})

test('the images that a service may start from are built for every guest', () => {
  const built = recipes.filter(({ kind }) => kind === 'container').map(({ name }) => name)
  expect([...ownImages].sort()).toEqual(built.sort())
})
