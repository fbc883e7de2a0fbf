import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DesktopError } from '../../../src/errors/desktop-error.ts'
import { readIndex, updateIndex } from '../../../src/guest/debian/package-index.ts'
import { sampleDeb } from '../../support/guest/sample-deb.ts'
import { type MirrorPackage, type SignedMirror, signedMirror } from '../../support/guest/signed-mirror.ts'

let dir: string
let mirror: SignedMirror

const sample = async (name: string, version = '1'): Promise<MirrorPackage> => ({
  name,
  version,
  deb: await sampleDeb(`Package: ${name}\nVersion: ${version}\n`),
})

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-index-'))
  mirror = await signedMirror()
  for (const [key, value] of Object.entries(mirror.env)) vi.stubEnv(key, value)
  await mirror.publish('trixie', [await sample('app')])
  await mirror.publish('trixie-security', [await sample('app', '1+deb13u1')])
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await mirror[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

const refused = (code: DesktopError['code'], message: RegExp) =>
  expect(updateIndex(dir)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  } satisfies Partial<DesktopError>)

test('the index is the packages of both suites, each with its address', async () => {
  expect(await readIndex(dir)).toBeUndefined()
  await updateIndex(dir)
  const index = await readIndex(dir)
  expect(index?.versions('app').map(({ version }) => version)).toEqual(['1+deb13u1', '1'])
  expect(index?.get('app')?.url).toBe(`${mirror.uri}/pool/main/app_1%2Bdeb13u1_amd64.deb`)
})

test('an index that did not change is not downloaded again, and one that did is', async () => {
  await updateIndex(dir)
  mirror.requests.length = 0
  await updateIndex(dir)
  expect(mirror.requests).toEqual(['dists/trixie/InRelease', 'dists/trixie-security/InRelease'])
  await mirror.publish('trixie', [await sample('new')])
  await updateIndex(dir)
  expect((await readIndex(dir))?.get('new')?.version).toBe('1')
})

test('a compressed index is taken by its digest where the mirror offers that', async () => {
  await mirror.publish('trixie', [await sample('app')], { 'Acquire-By-Hash': 'yes' })
  await updateIndex(dir)
  expect(mirror.requests.filter((path) => path.startsWith('dists/trixie/main')).join()).toMatch(
    /by-hash\/SHA256\/[0-9a-f]{64}$/,
  )
})

test('an index that was signed by another key is refused, whatever it says', async () => {
  await using other = await signedMirror()
  await other.publish('trixie', [await sample('evil')])
  mirror.files.set('dists/trixie/InRelease', other.files.get('dists/trixie/InRelease') ?? Buffer.alloc(0))
  await refused('guest/bad-signature', /not signed by a known key/)
  expect(await readIndex(dir)).toBeUndefined()
})

test('an index that was changed after it was signed is refused', async () => {
  const text = mirror.files.get('dists/trixie/InRelease')?.toString() ?? ''
  mirror.files.set('dists/trixie/InRelease', Buffer.from(text.replace('Origin: Debian', 'Origin: Debiam')))
  await refused('guest/bad-signature', /not signed by a known key/)
})

test('packages other than the signed digests are refused and leave no index', async () => {
  mirror.files.set('dists/trixie/main/binary-amd64/Packages.gz', Buffer.alloc(200))
  await refused('guest/bad-signature', /does not match its signed index/)
  expect(await readIndex(dir)).toBeUndefined()
})

test("another suite's index is refused", async () => {
  mirror.files.set(
    'dists/trixie/InRelease',
    mirror.files.get('dists/trixie-security/InRelease') ?? Buffer.alloc(0),
  )
  await refused('guest/bad-signature', /serves "trixie-security" as trixie/)
})

test('an index older than the one seen before is refused, unless going back is allowed', async () => {
  await updateIndex(dir)
  await mirror.publish('trixie', [], { Date: new Date(Date.now() - 86_400_000).toUTCString() })
  await refused('guest/stale-index', /older than the last one used here/)
  vi.stubEnv('DESKTOP_DEBIAN_DOWNGRADE', 'allow')
  await updateIndex(dir)
})

test('a mirror without the security suite is refused; the word none does without it and says so', async () => {
  mirror.files.delete('dists/trixie-security/InRelease')
  await refused('guest/no-security-suite', /has no suite trixie-security/)
  vi.stubEnv('DESKTOP_DEBIAN_SECURITY_MIRROR', 'none')
  const notices: string[] = []
  await updateIndex(dir, { onProgress: ({ message, notice }) => notice && notices.push(message) })
  expect(notices.join()).toMatch(/without security updates/i)
  expect((await readIndex(dir))?.versions('app')).toHaveLength(1)
})

test('an update leaves the index of each suite and nothing else', async () => {
  await updateIndex(dir)
  expect((await readdir(join(dir, 'lists'))).sort()).toEqual([
    'trixie-security.Packages',
    'trixie-security.json',
    'trixie.Packages',
    'trixie.json',
  ])
})
