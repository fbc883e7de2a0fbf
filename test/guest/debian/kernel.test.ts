import { spawnSync } from 'node:child_process'
import { zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extractVmlinux, xzSize } from '../../../src/guest/debian/kernel.ts'

const hasXz = spawnSync('xz', ['--version']).status === 0

test.runIf(hasXz)('the index of an .xz file gives the unpacked size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300_000 }), (size) => {
      const { stdout } = spawnSync('xz', ['-0c'], { input: Buffer.alloc(size, 'abc') })
      return xzSize(stdout) === size
    }),
    { numRuns: 15 },
  )
})

/** A bzImage: setup sectors, then at payload_offset the compressed kernel followed by its length. */
function bzImage(payload: Buffer, setupSectors: number): Buffer {
  const offset = 100
  const image = Buffer.alloc((setupSectors + 1) * 512 + offset + payload.length + 4)
  image.writeUInt8(setupSectors, 0x1f1)
  image.writeUInt32LE(offset, 0x248)
  image.writeUInt32LE(payload.length + 4, 0x24c)
  payload.copy(image, (setupSectors + 1) * 512 + offset)
  return image
}

test('the ELF kernel comes out of a bzImage', () => {
  const kernel = Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(10_000, 7)])
  expect(extractVmlinux(bzImage(zstdCompressSync(kernel), 39)).equals(kernel)).toBe(true)
})

test('a kernel of another compression is refused', () => {
  expect(() => extractVmlinux(bzImage(Buffer.from('\x1f\x8b gzip', 'latin1'), 39))).toThrow('zstd')
})
