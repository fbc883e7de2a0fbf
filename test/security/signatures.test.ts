/** Where signatures are required, only an artefact that a trusted key signed is read, each other one with the code of its reason. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../src/apply/environment/environment.ts'
import type { HostResources } from '../../src/apply/plan/target.ts'
import { vmEffects } from '../../src/apply/run/host-effects/vm.ts'
import { findImage } from '../../src/guest/built.ts'
import { exportBundle } from '../../src/guest/bundle.ts'
import { componentImage } from '../../src/guest/debian/images.ts'
import { buildRules, cachedLock, imageDigest } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { contentDigest } from '../../src/guest/image-record.ts'
import { signedImage } from '../../src/guest/kept-signature.ts'
import { openStore } from '../../src/guest/oci/layout-store.ts'
import { describeFiles, publishImage, stageImage } from '../../src/guest/publish-image.ts'
import { archiveStatement, exportGuest, importGuest } from '../../src/guest/transfer.ts'
import { type CachePaths, cachePaths } from '../../src/host/paths.ts'
import { publicKeyText, signatureText } from '../../src/signatures/minisign.ts'
import { requireSignatures, type SignatureRules } from '../../src/signatures/required.ts'
import { newSecretKey } from '../../src/signatures/secret-key.ts'
import { planStatement, type Statement, statementText } from '../../src/signatures/statement.ts'
import type { Control } from '../../src/supervisor/api/api.ts'

const lock: ComponentLock = {
  source: 'trixie/amd64',
  components: [
    { name: 'desktop/init', packages: [{ name: 'pp', version: '1', sha256: '0'.repeat(64), sizeBytes: 1 }] },
  ],
}
const digest = imageDigest(lock, 'init: []\n')
const team = newSecretKey().key
const stranger = newSecretKey().key
const rules: SignatureRules = {
  keys: [publicKeyText(team)],
  require: ['image', 'plan'],
  from: 'desktop.yaml',
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'signatures-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function cacheOf(name: string): CachePaths {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}

/** An image, or a bundle of it, from a machine whose kernel or component has this content. */
async function archive(kind: 'image' | 'bundle', text = 'honest'): Promise<string> {
  const cache = cacheOf(`${kind}-${text}`)
  const entry = { type: 'file', path: 'init', mode: 0o755, uid: 0, gid: 0, mtime: 0 } as const
  const layers = [{ entries: [{ ...entry, content: Buffer.from(kind === 'bundle' ? text : 'init') }] }]
  const [name = ''] = lock.components.map((one) => componentImage(one, buildRules()))
  await openStore(cache.ociDir).add({ name, layers, config: { Cmd: ['/init'] } })
  await stageImage(cache, async (staged) => {
    for (const file of ['kernel', 'initrd', 'root.squashfs'])
      await writeFile(join(staged, file), kind === 'image' ? text : file)
    const files = await describeFiles(staged)
    await publishImage(cache, staged, { formatVersion: 1, digest, cmdline: 'quiet', ...lock, files })
  })
  const file = join(dir, `${kind}-${text}.tar`)
  if (kind === 'image') await exportGuest(cache, digest, file)
  else await exportBundle(cache, digest, file)
  return file
}

const signedBy = (key: typeof team, statement: Statement): string =>
  signatureText(key, statementText(statement), statement.kind)

type Forge = (own: Statement) => Promise<string | undefined> | string | undefined

const lines = (text: string): string[] => text.split('\n')
const line = (text: string, index: number, change: (line: string) => string): string =>
  lines(text)
    .map((one, i) => (i === index ? change(one) : one))
    .join('\n')
const bytesOf = (text: string, change: (bytes: Buffer) => void): string => {
  const bytes = Buffer.from(text, 'base64')
  change(bytes)
  return bytes.toString('base64')
}
const flip = (at: number) => (bytes: Buffer) => void bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
const honest = (own: Statement): string => signedBy(team, own)

const forgeries: readonly (readonly [string, string, Forge])[] = [
  ['no signature', 'missing', () => undefined],
  ['an empty signature', 'unreadable', () => ''],
  ['a signature of one line', 'unreadable', (own) => lines(honest(own))[1]],
  [
    'a signature without its trusted comment',
    'unreadable',
    (own) => lines(honest(own)).slice(0, 2).join('\n'),
  ],
  ['a signature that was cut', 'unreadable', (own) => honest(own).slice(0, -9)],
  ['two signatures in one', 'unreadable', (own) => honest(own) + honest(own)],
  ['base64 with blanks', 'unreadable', (own) => line(honest(own), 1, (text) => ` ${text}`)],
  [
    'a signature of the message without its hash',
    'unreadable',
    (own) => line(honest(own), 1, (text) => bytesOf(text, (bytes) => bytes.write('Ed'))),
  ],
  [
    'another algorithm',
    'unreadable',
    (own) => line(honest(own), 1, (text) => bytesOf(text, (bytes) => bytes.write('RS'))),
  ],
  ["a stranger's signature", 'unknown-key', (own) => signedBy(stranger, own)],
  [
    "a stranger's signature under the number of the team's key",
    'mismatch',
    (own) => signedBy({ ...stranger, id: team.id }, own),
  ],
  [
    'the signature of another image',
    'mismatch',
    async () => honest(await archiveStatement(cacheOf('x'), await archive('image', 'evil'))),
  ],
  [
    'the signature of another bundle',
    'mismatch',
    async () => honest(await archiveStatement(cacheOf('x'), await archive('bundle', 'evil'))),
  ],
  ['the signature of a plan', 'mismatch', () => honest(planStatement(Buffer.from('{}')))],
  [
    'a plan that claims the digest of the image',
    'mismatch',
    (own) => honest({ kind: 'plan', plan: own.kind === 'plan' ? '' : own.image }),
  ],
  [
    'the order of a statement changed',
    'mismatch',
    (own) => signatureText(team, lines(statementText(own)).reverse().join('\n'), 'x'),
  ],
  [
    'one bit of the signature changed',
    'mismatch',
    (own) => line(honest(own), 1, (text) => bytesOf(text, flip(20))),
  ],
  ['another trusted comment', 'mismatch', (own) => line(honest(own), 2, (text) => `${text}!`)],
  [
    'another signature of the comment',
    'mismatch',
    (own) => line(honest(own), 3, (text) => bytesOf(text, flip(3))),
  ],
  [
    'a signature of zeros',
    'mismatch',
    (own) => line(honest(own), 1, (text) => bytesOf(text, (bytes) => bytes.fill(0, 10))),
  ],
]

for (const kind of ['image', 'bundle'] as const) {
  test.each(forgeries)(
    `${kind === 'image' ? 'an image' : 'a bundle'} with %s is refused as %s, and leaves nothing`,
    async (_name, code, forge) => {
      const file = await archive(kind)
      const signature = await forge(await archiveStatement(cacheOf('aside'), file))
      const cache = cacheOf('fresh')
      await expect(importGuest(cache, file, { signature, signatures: [rules] })).rejects.toMatchObject({
        code: `signature/${code}`,
      })
      expect(await findImage(cache, digest)).toBeUndefined()
      expect(await cachedLock(cache)).toBeUndefined()
      const [name = ''] = lock.components.map((one) => componentImage(one, buildRules()))
      expect(await openStore(cache.ociDir).find(name)).toBeUndefined()
    },
  )

  test(`a signed ${kind} is taken, and its image counts as signed until the cache has another content`, async () => {
    const file = await archive(kind)
    const signature = honest(await archiveStatement(cacheOf('aside'), file))
    const cache = cacheOf('fresh')
    const image = await importGuest(cache, file, { signature, signatures: [rules] })
    const found = (await findImage(cache, image.digest))!
    requireSignatures([rules], 'image', await signedImage(cache, found))
    const other = {
      ...found,
      content: contentDigest({
        cmdline: 'quiet init=/evil',
        files: await describeFiles(join(found.kernel, '..')),
      }),
    }
    const replaced = await signedImage(cache, other)
    expect(() => requireSignatures([rules], 'image', replaced)).toThrow(
      expect.objectContaining({ code: 'signature/mismatch' }),
    )
  })
}

test('what both desktop.yaml and the site require is signed by a key of each', async () => {
  const file = await archive('image')
  const signature = honest(await archiveStatement(cacheOf('aside'), file))
  const site = { ...rules, keys: [publicKeyText(stranger)], from: '/etc/desktop/policy.yaml' }
  await expect(
    importGuest(cacheOf('fresh'), file, { signature, signatures: [rules, site] }),
  ).rejects.toMatchObject({
    code: 'signature/unknown-key',
  })
  const both = { ...site, keys: [...site.keys, ...rules.keys] }
  await importGuest(cacheOf('fresh'), file, { signature, signatures: [rules, both] })
})

test('a stored signature that was changed is invalid', async () => {
  const file = await archive('image')
  const cache = cacheOf('fresh')
  const signature = honest(await archiveStatement(cacheOf('aside'), file))
  const image = await importGuest(cache, file, { signature })
  const kept = join(image.kernel, '..', 'signature.json')
  const text = await readFile(kept, 'utf8')
  const { signature: real } = JSON.parse(text)
  for (const forged of ['', 'null', '[]', '{}', '{"signature":7}', text.slice(0, -9)]) {
    await writeFile(kept, forged)
    expect((await signedImage(cache, image)).signature).toBeUndefined()
  }
  for (const statement of [
    null,
    7,
    { kind: 'bundle' },
    { kind: 'bundle', bundle: '../x\nimage sha256:0' },
    { kind: 'plan' },
  ]) {
    await writeFile(kept, JSON.stringify({ statement, signature: real }))
    expect((await signedImage(cache, image)).statement).toEqual({ kind: 'image', image: image.content })
  }
})

test('nothing is required of who trusts nobody', async () => {
  const file = await archive('bundle')
  expect((await importGuest(cacheOf('fresh'), file)).digest).toBe(digest)
})

test('the last good VM of an unsigned image is not returned to', async () => {
  const lastGoodVm = join(dir, 'vm.last-good.json')
  await writeFile(lastGoodVm, JSON.stringify({ format: 'desktop-vm/2', spec: { hashes: { image: digest } } }))
  const environment = { paths: { lastGoodVm }, desired: {}, signatures: rules } as unknown as Environment
  const started = () => Promise.reject(new Error('a VM was touched'))
  const control = { stopVm: started, startVm: started, setNetwork: started } as unknown as Control
  const options = { control, engineMs: 1, requireIntact: async () => {} }
  const effects = vmEffects({ environment, resources: {} as HostResources }, options)
  await expect(effects.returnToLastGoodVm()).rejects.toMatchObject({ code: 'signature/missing' })
})
