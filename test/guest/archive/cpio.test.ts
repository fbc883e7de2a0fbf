import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { lstat, mkdtemp, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cpioChunks, writeCpio } from '../../../src/guest/archive/cpio-write.ts'
import type { Entry } from '../../../src/guest/archive/entry.ts'

const common = { uid: 0, gid: 0, mtime: 7 }
const entries: Entry[] = [
  { type: 'directory', path: 'd', mode: 0o755, ...common },
  { type: 'file', path: 'd/a', mode: 0o640, content: Buffer.from('hello'), ...common },
  { type: 'hardlink', path: 'd/b', target: 'd/a', mode: 0o640, ...common },
  { type: 'symlink', path: 'l', target: 'd/a', mode: 0o777, ...common },
  { type: 'fifo', path: 'p', mode: 0o600, ...common },
  { type: 'file', path: 'empty', mode: 0o600, content: Buffer.alloc(0), ...common },
]

async function packed(): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of cpioChunks(entries)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Any newc reader will do; this one is common. */
const unpacker = 'busybox'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-cpio-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function unpack(bytes: Buffer): Promise<void> {
  const cpio = spawn(unpacker, ['cpio', '-i', '-d', '-m'], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  cpio.stdin.end(bytes)
  const [code] = await once(cpio, 'close')
  expect(code).toBe(0)
}

const hasBusybox = await new Promise<boolean>((resolve) => {
  const probe = spawn(unpacker, ['cpio', '--help'], { stdio: 'ignore' })
  probe.on('error', () => resolve(false)).on('close', () => resolve(true))
})

test.runIf(hasBusybox)('another program unpacks files, links and fifos as they were', async () => {
  await unpack(await packed())
  expect(await readFile(join(dir, 'd/a'), 'utf8')).toBe('hello')
  expect((await lstat(join(dir, 'd/a'))).mode & 0o7777).toBe(0o640)
  expect(await readlink(join(dir, 'l'))).toBe('d/a')
  expect((await lstat(join(dir, 'p'))).isFIFO()).toBe(true)
  expect((await lstat(join(dir, 'empty'))).size).toBe(0)
})

test('the names of one file share an inode number, and every member is aligned to four bytes', async () => {
  const bytes = await packed()
  const inodes = new Map<string, string>()
  let at = 0
  for (;;) {
    const head = bytes.toString('latin1', at, at + 110)
    expect(head.slice(0, 6)).toBe('070701')
    const field = (index: number): number => Number.parseInt(head.slice(6 + index * 8, 14 + index * 8), 16)
    const [nameLength, size] = [field(11), field(6)]
    const name = bytes.toString('utf8', at + 110, at + 110 + nameLength - 1)
    if (name === 'TRAILER!!!') break
    inodes.set(name, head.slice(6, 14))
    at = Math.ceil((at + 110 + nameLength) / 4) * 4
    at = Math.ceil((at + size) / 4) * 4
  }
  expect([...inodes.keys()]).toEqual(entries.map(({ path }) => path))
  expect(inodes.get('d/b')).toBe(inodes.get('d/a'))
  expect(new Set(inodes.values()).size).toBe(entries.length - 1)
})

test('equal entries give equal bytes, and gzip holds the same', async () => {
  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  await writeCpio(entries, sink, { gzip: true })
  expect(digest(gunzipSync(Buffer.concat(chunks)))).toBe(digest(await packed()))
})
