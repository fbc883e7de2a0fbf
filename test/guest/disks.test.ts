import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/host/paths.ts'

/** The guest's own shell functions, run by this host's sh on files in place of devices. */
const library = join(packageRoot(), 'templates', 'guest', 'disk', 'usr', 'lib', 'desktop', 'disks')
const mebibyte = 2 ** 20
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-disks-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function ask(command: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('sh', ['-c', `. ${library}; ${command}`], {
    env: { ...process.env, SYSFS: dir },
    encoding: 'utf8',
  })
  return { status, stdout: stdout.trim() }
}

async function disk(mib: number, writes: readonly [offset: number, bytes: string][] = []): Promise<string> {
  const path = join(dir, `disk${Math.random()}`)
  await mkdir(join(dir, 'block', basename(path)), { recursive: true })
  await writeFile(join(dir, 'block', basename(path), 'size'), `${mib * 2048}\n`)
  const file = await open(path, 'w')
  await file.truncate(mib * mebibyte)
  for (const [offset, bytes] of writes)
    await file.write(Buffer.from(bytes, 'latin1'), 0, bytes.length, offset)
  await file.close()
  return path
}

test('a disk of zeros is blank', async () => {
  expect(ask(`is_blank ${await disk(64)}`).status).toBe(0)
})

test('anything where a table, volume or file system would sign is not blank', async () => {
  const signs: [string, number, string][] = [
    ['MBR', 510, '\x55\xaa'],
    ['GPT', 512, 'EFI PART'],
    ['LVM', 512, 'LABELONE'],
    ['LUKS', 0, 'LUKS\xba\xbe'],
    ['xfs', 0, 'XFSB'],
    ['btrfs', 0x10040, '_BHRfS_M'],
    ['ISO 9660', 0x8001, 'CD001'],
    ['backup GPT', 64 * mebibyte - 512, 'EFI PART'],
    ['md 1.0', 64 * mebibyte - 8192, '\xfc\x4e\x2b\xa9'],
  ]
  for (const [name, offset, bytes] of signs) {
    expect(ask(`is_blank ${await disk(64, [[offset, bytes]])}`).status, name).not.toBe(0)
  }
})

test('a disk that cannot be read to its end is not blank', async () => {
  const path = await disk(64)
  await writeFile(join(dir, 'block', basename(path), 'size'), `${65 * 2048}\n`)
  expect(ask(`is_blank ${path}`).status).not.toBe(0)
  expect(ask(`is_blank ${join(dir, 'absent')}`).status).not.toBe(0)
})

const hasMke2fs = spawnSync('mke2fs', ['-V']).status === 0

test.runIf(hasMke2fs)('an ext4 is recognised and its size is read from the superblock', async () => {
  const path = await disk(64)
  expect(ask(`is_ext4 ${path}`).status).not.toBe(0)
  expect(spawnSync('mke2fs', ['-q', '-F', '-t', 'ext4', path, '48M']).status).toBe(0)
  expect(ask(`is_ext4 ${path}`).status).toBe(0)
  expect(ask(`filesystem_bytes ${path}`).stdout).toBe(String(48 * mebibyte))
  expect(ask(`device_bytes ${path}`).stdout).toBe(String(64 * mebibyte))
})

test('a disk is found by its serial, which has no end of line', async () => {
  for (const [name, serial] of Object.entries({ vda: 'root', vdb: 'data', vdc: 'config' })) {
    await mkdir(join(dir, 'block', name), { recursive: true })
    await writeFile(join(dir, 'block', name, 'serial'), serial)
  }
  expect(ask('disk_of data')).toEqual({ status: 0, stdout: '/dev/vdb' })
  expect(ask('disk_of other').status).toBe(1)
})
