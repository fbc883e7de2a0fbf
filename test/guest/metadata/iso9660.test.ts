import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packIso } from '../../../src/guest/metadata/iso9660.ts'

/** Reads an image back by ECMA-119: the root directory of the primary volume descriptor. */
function readIso(image: Uint8Array): { label: string; files: Map<string, Buffer> } {
  const bytes = Buffer.from(image)
  const descriptor = bytes.subarray(16 * 2048, 17 * 2048)
  expect(descriptor.toString('latin1', 0, 6)).toBe('\x01CD001')
  expect(descriptor.readUInt32LE(80)).toBe(bytes.length / 2048)
  expect(bytes.toString('latin1', 17 * 2048, 17 * 2048 + 6)).toBe('\xffCD001')
  const files = new Map<string, Buffer>()
  const root = descriptor.readUInt32LE(156 + 2) * 2048
  for (let at = root; bytes.readUInt8(at) > 0; at += bytes.readUInt8(at)) {
    const [little, big] = [bytes.readUInt32LE(at + 10), bytes.readUInt32BE(at + 14)]
    expect(little).toBe(big)
    const name = bytes.toString('latin1', at + 33, at + 33 + bytes.readUInt8(at + 32))
    const start = bytes.readUInt32LE(at + 2) * 2048
    if ((bytes.readUInt8(at + 25) & 2) === 0) files.set(name, bytes.subarray(start, start + little))
  }
  return { label: descriptor.toString('latin1', 40, 72).trimEnd(), files }
}

const name = fc.stringMatching(/^[a-z0-9_-]{1,8}$/)
const content = fc.uint8Array({ maxLength: 5000 })

test('any files come back as they went in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(name, content), { maxLength: 20, selector: ([n]) => n }), (files) => {
      const { label, files: read } = readIso(
        packIso(
          'cidata',
          files.map(([n, c]) => ({ name: n, content: c })),
        ),
      )
      expect(label).toBe('cidata')
      expect(read.size).toBe(files.length)
      for (const [n, c] of files) expect(read.get(n)?.equals(Buffer.from(c))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

test('names that the format cannot hold are refused', () => {
  for (const bad of ['', 'ninechars', 'UPPER', 'a/b', 'a.b']) {
    expect(() => packIso('x', [{ name: bad, content: new Uint8Array() }])).toThrow(RangeError)
  }
})

const hasBlkid = spawnSync('blkid', ['--version']).status === 0

test.runIf(hasBlkid)('blkid sees an ISO 9660 file system with our label', () => {
  const dir = mkdtempSync(join(tmpdir(), 'desktop-iso-'))
  try {
    writeFileSync(join(dir, 'x.iso'), packIso('cidata', [{ name: 'config', content: Buffer.from('{}') }]))
    const said = execFileSync('blkid', ['-p', '-o', 'export', join(dir, 'x.iso')]).toString()
    expect(said).toContain('TYPE=iso9660')
    expect(said).toContain('LABEL=cidata')
  } finally {
    rmSync(dir, { recursive: true })
  }
})
