import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTar } from '../../../src/guest/archive/tar-read.ts'
import { debControl, debFiles } from '../../../src/guest/debian/deb.ts'
import { debBytes, tarOf } from '../../support/guest/sample-deb.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-deb-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const control = 'Package: app\nVersion: 1\n'
const files = { 'usr/bin/app': 'x'.repeat(100_001), 'etc/app': '1' }

async function written(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, bytes)
  return path
}

async function filesIn(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const entry of readTar(await debFiles(path)))
    if (entry.type === 'file') found[entry.path] = Buffer.from(entry.content as Uint8Array).toString()
  return found
}

const xz = (bytes: Uint8Array): Buffer => spawnSync('xz', ['-c'], { input: bytes, maxBuffer: 1e8 }).stdout
const hasXz = spawnSync('xz', ['--version']).status === 0

test.each([
  ['tar', (bytes: Uint8Array) => bytes],
  ['tar.gz', (bytes: Uint8Array) => gzipSync(bytes)],
  ['tar.zst', (bytes: Uint8Array) => zstdCompressSync(bytes)],
  ...(hasXz ? [['tar.xz', xz] as const] : []),
] as const)('control and files come out of a package whose members are .%s', async (extension, pack) => {
  const deb = debBytes([
    [`control.${extension}`, pack(await tarOf({ control }))],
    [`data.${extension}`, pack(await tarOf(files))],
  ])
  const path = await written(`${extension}.deb`, deb)
  expect(await debControl(path)).toBe(control)
  expect(await filesIn(path)).toEqual(files)
})

test('members of any other name and odd size are skipped', async () => {
  const deb = debBytes([
    ['_gpgorigin', Buffer.from('odd')],
    ['control.tar', await tarOf({ control })],
    ['data.tar', await tarOf(files)],
  ])
  expect(await filesIn(await written('other.deb', deb))).toEqual(files)
})

const whole = async (): Promise<Buffer> =>
  debBytes([
    ['control.tar.gz', gzipSync(await tarOf({ control }))],
    ['data.tar.gz', gzipSync(await tarOf(files))],
  ])

test.each<[string, () => Promise<Uint8Array>]>([
  ['no archive', async () => Buffer.from('not a package')],
  ['a package cut in its files', async () => (await whole()).subarray(0, -40)],
  ['a package without files', async () => debBytes([['control.tar', await tarOf({ control })]])],
  ['an unknown compression', async () => debBytes([['data.tar.lz5', Buffer.alloc(8)]])],
  ['damaged gzip', async () => debBytes([['data.tar.gz', Buffer.alloc(64, 7)]])],
  ['damaged xz', async () => debBytes([['data.tar.xz', Buffer.alloc(64, 7)]])],
])('%s is an error, and never ends early as if it were whole', async (_name, make) => {
  const path = await written('damaged.deb', await make())
  await expect(filesIn(path)).rejects.toThrow()
})
