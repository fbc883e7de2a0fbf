/** A tar file costs no more memory, time and disk than its bounds, whatever it claims. */
import { readdir, truncate } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { emitHeader } from '../../src/guest/archive/tar-header.ts'
import { readTar } from '../../src/guest/archive/tar-read.ts'
import { bounded } from '../../src/guest/oci/layer.ts'
import { unpackFiles } from '../../src/guest/pack.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import { archive, code, common, raw, root } from '../support/guest/hostile-archive.ts'

returnsToBaseline()

async function entriesOf(bytes: AsyncIterable<Uint8Array>, options = {}): Promise<number> {
  let count = 0
  for await (const _ of readTar(bytes, options)) count += 1
  return count
}

test.each(['x', 'g', 'L', 'K'])(
  'an extended header of type %s that claims gigabytes is refused before it is read',
  async (type) => {
    const bytes = raw('pax', Buffer.alloc(0), type, 3 * 2 ** 30)
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield bytes
      for (;;) yield Buffer.alloc(2 ** 20)
    }
    expect(await code(entriesOf(endless()))).toBe('oci/too-large')
  },
)

test('a file of gigabytes is not held in memory', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield raw('big', Buffer.alloc(0), '0', 5 * 2 ** 30)
    for (;;) yield Buffer.alloc(2 ** 20)
  }
  expect(await code(entriesOf(endless()))).toBe('oci/too-large')
})

test('more entries than the bound are refused', async () => {
  async function* many(): AsyncGenerator<Uint8Array> {
    const one = raw('a', Buffer.alloc(0))
    for (;;) yield one
  }
  expect(await code(entriesOf(many(), { entries: 5000 }))).toBe('oci/too-large')
})

test('bytes that unpack endlessly are cut off at the bound', async () => {
  let taken = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(2 ** 16)
  }
  const read = async (): Promise<void> => {
    for await (const chunk of bounded(endless(), 2 ** 20)) taken += chunk.length
  }
  expect(await code(read())).toBe('oci/too-large')
  expect(taken).toBe(2 ** 20)
})

test('a file that claims a size beyond the end of the archive is refused, and the file is not filled', async () => {
  const path = await archive(raw('kernel', Buffer.alloc(0), '0', 2 ** 30))
  await truncate(path, 4096)
  expect(await code(unpackFiles(path, root, ['kernel']))).toBe('oci/bad-archive')
  expect((await readdir(root)).includes('kernel')).toBe(false)
})

test.each(['1', '2', '3', '4', '5', '6'])(
  'an entry of type %s in an exported image is refused',
  async (type) => {
    const header = emitHeader({
      name: 'kernel',
      type,
      size: 0,
      link: '/etc/passwd',
      major: 1,
      minor: 3,
      ...common,
    })
    const path = await archive(Buffer.concat([header, Buffer.alloc(1024)]))
    expect(await code(unpackFiles(path, root, ['kernel']))).toContain('unexpected kernel')
    expect((await readdir(root)).includes('kernel')).toBe(false)
  },
)
