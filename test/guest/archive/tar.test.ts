import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import type { Entry } from '../../../src/guest/archive/entry.ts'
import { readTar } from '../../../src/guest/archive/tar-read.ts'
import { tarChunks, writeTar } from '../../../src/guest/archive/tar-write.ts'

const segment = fc.stringMatching(/^[a-zA-Z0-9_é日][a-zA-Z0-9_. é日-]{0,60}$/)
const path = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'))
const common = {
  path,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 0xffffffff })),
  gid: fc.oneof(fc.nat(5), fc.integer({ min: 0, max: 0xffffffff })),
  mtime: fc.integer({ min: 0, max: 0x7fffffff }),
}
const content = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes))
const xattrs = fc.option(
  fc.dictionary(fc.stringMatching(/^user\.[a-z]{1,9}$/), content, { minKeys: 1, maxKeys: 3 }),
  { nil: undefined },
)
const minor = fc.nat(255)
const entry: fc.Arbitrary<Entry> = fc
  .oneof(
    fc.record<Entry>({ type: fc.constant('directory'), ...common } as never),
    fc.record<Entry>({ type: fc.constant('file'), content, xattrs, ...common } as never),
    fc.record<Entry>({
      type: fc.constant('symlink'),
      target: fc.oneof(path, fc.constant('/x')),
      ...common,
    } as never),
    fc.record<Entry>({ type: fc.constant('hardlink'), target: path, ...common } as never),
    fc.record<Entry>({
      type: fc.constantFrom('character', 'block'),
      major: minor,
      minor,
      ...common,
    } as never),
    fc.record<Entry>({ type: fc.constant('fifo'), ...common } as never),
  )
  .map((one) => {
    const { xattrs: found, ...rest } = one as Entry & { xattrs?: unknown }
    return (found === undefined ? rest : one) as Entry
  })
  .filter(({ path: name }) => !name.split('/').some((part) => part === '.' || part === '..'))

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const one of readTar(chunks)) {
    if (entries.length > 1000) throw new Error('endless')
    entries.push(one)
  }
  return entries
}

test('entries that are written are read back the same, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 8 }),
      fc.integer({ min: 1, max: 3000 }),
      async (entries, size) => {
        const bytes = await collect(tarChunks(entries))
        expect(bytes.length % 512).toBe(0)
        expect(await read(inPieces(bytes, size))).toEqual(entries)
      },
    ),
    { numRuns: 150 },
  )
})

test("the host's tar lists the written entries", async () => {
  const one: Entry = {
    type: 'file',
    path: `${'deep/'.repeat(40)}é`,
    mode: 0o4755,
    uid: 3,
    gid: 4,
    mtime: 0,
    content: Buffer.from('abc'),
  }
  const tar = spawn('tar', ['tv', '--numeric-owner', '--quoting-style=literal'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TZ: 'UTC' },
  })
  const listed = text(tar.stdout)
  const closed = once(tar, 'close')
  await writeTar([one], tar.stdin)
  const [code] = await closed
  expect(code).toBe(0)
  expect(await listed).toBe(`-rwsr-xr-x 3/4               3 1970-01-01 00:00 ${one.path}\n`)
})

test('no damage to an archive leads out of the tree or to another error than oci/bad-archive', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (entries, changes, kept) => {
        const bytes = await collect(tarChunks(entries))
        for (const [where, value] of changes) bytes[Math.floor(where * bytes.length)] = value
        try {
          const found = await read(inPieces(bytes.subarray(0, Math.ceil(kept * bytes.length)), 700))
          for (const { path: name } of found) expect(name).not.toMatch(/^\/|(^|\/)\.\.(\/|$)/)
        } catch (error) {
          if (!(error instanceof DesktopError)) throw error
          expect(error.code).toBe('oci/bad-archive')
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('names that lead out of the tree are refused', async () => {
  const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0 }
  const escaping: Entry[] = [
    { type: 'file', path: '../x', content: Buffer.alloc(0), ...common },
    { type: 'hardlink', path: 'x', target: '../../etc/passwd', ...common },
  ]
  for (const one of escaping) {
    const bytes = await collect(tarChunks([one]))
    await expect(read(inPieces(bytes, 512))).rejects.toMatchObject({ code: 'oci/bad-archive' })
  }
})
