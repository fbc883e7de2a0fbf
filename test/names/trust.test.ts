/**
 * The authority in a host's trust stores: a temporary root and home, with the system's own programs if
 * installed.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { trustDocument } from '../../src/cli/commands/trust.ts'
import { run } from '../../src/host/run.ts'
import { certificateFile, openAuthority } from '../../src/names/authority.ts'
import { trust, untrust } from '../../src/names/trust.ts'
import { type Argv, type TrustPlace, trustStores } from '../../src/names/trust-stores.ts'

let dir: string
let place: TrustPlace
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trust-'))
  const authority = join(dir, 'authority')
  await openAuthority(authority)
  const [root, home] = [join(dir, 'root'), join(dir, 'home')]
  place = { platform: 'linux', root, home, certificate: certificateFile(authority), fingerprint: 'AB12' }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const has = (program: string): boolean => spawnSync('which', [program]).status === 0
const certificate = (): Promise<string> => readFile(place.certificate, 'utf8')

async function directories(...paths: string[]): Promise<void> {
  for (const path of paths) await mkdir(join(dir, path), { recursive: true })
}

/** Notes the commands, and ends them with `code`. */
function recorder(code = 0): { ran: Argv[]; run: typeof run } {
  const ran: Argv[] = []
  return {
    ran,
    run: async (argv) => {
      ran.push(argv)
      return { code, signal: null, stdout: '', stderr: code === 0 ? '' : 'it broke' }
    },
  }
}

test('a host without stores has none', () => {
  expect(trustStores(place)).toEqual([])
})

test.skipIf(!has('update-ca-certificates'))(
  'on Debian the bundle of the system has the authority after trust, and not after untrust',
  async () => {
    await directories(
      'root/usr/local/share/ca-certificates',
      'root/etc/ssl/certs',
      'root/etc/ca-certificates/update.d',
    )
    await writeFile(join(place.root, 'etc/ca-certificates.conf'), '')
    await openAuthority(join(dir, 'other'))
    const other = await readFile(certificateFile(join(dir, 'other')), 'utf8')
    await writeFile(join(place.root, 'usr/local/share/ca-certificates/other.crt'), other)
    const [store] = trustStores(place)
    if (store === undefined) throw new Error('no store')
    expect(await trust(store, place.certificate, { run, isRoot: true })).toMatchObject({ state: 'trusted' })
    const bundle = join(place.root, 'etc/ssl/certs/ca-certificates.crt')
    expect(await readFile(bundle, 'utf8')).toContain((await certificate()).trim())
    expect(await untrust(store, { run, isRoot: true })).toMatchObject({ state: 'removed' })
    expect(await readFile(bundle, 'utf8')).not.toContain((await certificate()).trim())
    expect(await readFile(bundle, 'utf8')).toContain(other.trim())
    expect(await untrust(store, { run, isRoot: true })).toMatchObject({ state: 'absent' })
  },
)

test('on Fedora the anchor is put in place before the tool of the system runs', async () => {
  await directories('root/etc/pki/ca-trust/source/anchors')
  const [store] = trustStores(place)
  if (store === undefined) throw new Error('no store')
  const host = recorder()
  expect(await trust(store, place.certificate, { ...host, isRoot: true })).toMatchObject({ state: 'trusted' })
  const anchor = join(place.root, 'etc/pki/ca-trust/source/anchors/desktop-local-authority.crt')
  expect(await readFile(anchor, 'utf8')).toBe(await certificate())
  expect(host.ran).toEqual([['update-ca-trust', 'extract']])
  // A second run has nothing to do.
  expect(await trust(store, place.certificate, { ...host, isRoot: true })).toMatchObject({ state: 'trusted' })
  expect(host.ran).toHaveLength(1)
})

test('without root a store of the system is not touched, and the commands are printed', async () => {
  await directories('root/etc/pki/ca-trust/source/anchors')
  const [store] = trustStores(place)
  if (store === undefined) throw new Error('no store')
  const host = recorder()
  const outcome = await trust(store, place.certificate, { ...host, isRoot: false })
  expect(outcome.state).toBe('needs-root')
  expect(outcome.detail).toMatch(/^sudo install -m 644 \S+ \S+ && sudo update-ca-trust extract$/)
  expect(host.ran).toEqual([])
})

test.skipIf(!has('certutil'))(
  'browsers with NSS databases trust it for servers only, in each profile',
  async () => {
    const profiles = ['.pki/nssdb', '.mozilla/firefox/abc.default']
    for (const profile of profiles) {
      await directories(join('home', profile))
      const database = `sql:${join(place.home, profile)}`
      expect((await run(['certutil', '-d', database, '-N', '--empty-password'])).code).toBe(0)
    }
    const stores = trustStores(place)
    expect(stores.map(({ name }) => name)).toEqual(
      profiles.map((at, i) => `${i === 0 ? 'Chromium' : 'Firefox'} (${at})`),
    )
    const list = async (): Promise<string[]> =>
      await Promise.all(
        profiles.map(
          async (at) => (await run(['certutil', '-d', `sql:${join(place.home, at)}`, '-L'])).stdout,
        ),
      )
    for (const store of stores)
      expect(await trust(store, place.certificate, { run, isRoot: false })).toMatchObject({
        state: 'trusted',
      })
    for (const text of await list()) expect(text).toMatch(/desktop local authority +C,,/)
    for (const store of stores)
      expect(await untrust(store, { run, isRoot: false })).toMatchObject({ state: 'removed' })
    for (const text of await list()) expect(text).not.toContain('desktop local authority')
  },
)

test('a store whose program is missing or fails says so', async () => {
  await directories('home/.pki/nssdb')
  await writeFile(join(place.home, '.pki/nssdb/cert9.db'), '')
  const [store] = trustStores(place)
  if (store === undefined) throw new Error('no store')
  const missing = async (): Promise<never> => {
    throw Object.assign(new Error('spawn certutil ENOENT'), { code: 'ENOENT' })
  }
  expect(await trust(store, place.certificate, { run: missing, isRoot: false })).toEqual({
    store: store.name,
    state: 'needs-program',
    detail: 'certutil',
  })
  const failed = await trust(store, place.certificate, { ...recorder(255), isRoot: false })
  expect(failed).toMatchObject({ state: 'failed', detail: expect.stringContaining('it broke') })
})

test('the JSON of every outcome conforms to its schema', async () => {
  await directories('root/etc/pki/ca-trust/source/anchors', 'home/.pki/nssdb')
  await writeFile(join(place.home, '.pki/nssdb/cert9.db'), '')
  const schema = JSON.parse(
    await readFile(join(import.meta.dirname, '../../schemas/results.schema.json'), 'utf8'),
  ) as object
  const ajv = new Ajv({ allowUnionTypes: true }).addSchema(schema, 'results')
  const outcomes = []
  for (const isRoot of [false, true])
    for (const code of [0, 1])
      for (const store of trustStores(place)) {
        outcomes.push(await trust(store, place.certificate, { ...recorder(code), isRoot }))
        outcomes.push(await untrust(store, { ...recorder(code), isRoot }))
      }
  expect(new Set(outcomes.map(({ state }) => state)).size).toBeGreaterThan(3)
  for (const [command, sha256] of [
    ['trust', 'AB:CD'],
    ['untrust', undefined],
  ] as const) {
    const document = trustDocument(place.certificate, sha256, outcomes)
    const valid = ajv.validate(`results#/definitions/${command}`, JSON.parse(JSON.stringify(document)))
    expect(valid ? '' : ajv.errorsText()).toBe('')
  }
})

test('on macOS the login keychain takes it for TLS, and removal names it by its fingerprint', async () => {
  const [store] = trustStores({ ...place, platform: 'darwin' })
  if (store === undefined) throw new Error('no store')
  expect(store.install[0]).toEqual(expect.arrayContaining(['add-trusted-cert', 'ssl', place.certificate]))
  expect(store.remove.at(-1)).toContain('AB12')
  expect(store.needsRoot).toBe(false)
})
