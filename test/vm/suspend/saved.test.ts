/** When a saved machine may be resumed, and that it is so once. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  discardSaved,
  markOf,
  obstacle,
  type ResumeFacts,
  readSaved,
  type SavedFiles,
  type SavedMachine,
  savedFormat,
} from '../../../src/vm/suspend/saved.ts'

const saved: SavedMachine = {
  format: savedFormat,
  savedAt: '2026-01-01T00:00:00.000Z',
  spec: {
    argv: ['qemu'],
    accelerator: 'tcg',
    hashes: { image: 'i', metadata: 'm', argv: 'a' },
    sockets: { link: '/l', qmp: '/q', agent: '/a', console: '/c' },
    consoleLog: '/log',
  },
  qemuVersion: '7.2.0',
  hostCpu: 'a CPU',
  state: { bytes: 10, crc32: 20 },
  disk: { inode: '1', bytes: '2', modifiedNs: '3' },
  network: { subnet: '10.0.0.0/24', gateway: '10.0.0.1', address: '10.0.0.3', host: '10.0.0.254', mtu: 1500 },
  guest: { daemonJson: { state: 'absent' }, sysctl: {} },
  running: [],
}
const now: ResumeFacts = { spec: saved.spec, hostCpu: 'a CPU', disk: saved.disk, network: saved.network }
const hashes = saved.spec.hashes

let files: SavedFiles
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-saved-'))
  files = { manifest: join(dir, 'm.json'), state: join(dir, 'm.state'), socket: join(dir, 's') }
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('nothing stands in the way when all is as it was', () => {
  expect(obstacle(saved, now)).toBeUndefined()
})

const changes: readonly (readonly [string, Partial<ResumeFacts>])[] = [
  ['image', { spec: { accelerator: 'tcg', hashes: { ...hashes, image: 'other' } } }],
  ["guest's data", { spec: { accelerator: 'tcg', hashes: { ...hashes, metadata: 'other' } } }],
  ['arguments', { spec: { accelerator: 'tcg', hashes: { ...hashes, argv: 'other' } } }],
  ['network', { network: { ...saved.network, mtu: 9000 } }],
  ['network', { network: undefined }],
  ['data disk', { disk: { ...saved.disk, inode: '9' } }],
  ['data disk', { disk: { ...saved.disk, bytes: '9' } }],
  ['data disk', { disk: { ...saved.disk, modifiedNs: '9' } }],
  ['CPU', { spec: { accelerator: 'kvm', hashes }, hostCpu: 'another' }],
]
test.each(changes)('another %s stands in the way', (word, change) => {
  expect(obstacle(saved, { ...now, ...change })).toContain(word)
})

test('an emulated CPU is the same on another host', () => {
  expect(obstacle(saved, { ...now, hostCpu: 'another' })).toBeUndefined()
})

test('a write to the disk, or another disk in its place, changes its mark', async () => {
  const disk = join(dir, 'disk')
  await writeFile(disk, 'one')
  const before = await markOf(disk)
  expect(await markOf(disk)).toEqual(before)
  await utimes(disk, 1, 1)
  const touched = await markOf(disk)
  expect(touched).not.toEqual(before)
  await rm(disk)
  await writeFile(join(dir, 'keeps the inode'), '')
  await writeFile(disk, 'one')
  await utimes(disk, 1, 1)
  expect(await markOf(disk)).not.toEqual(touched)
})

test('without a manifest there is no saved machine, and a damaged one is not taken for none', async () => {
  expect(await readSaved(files.manifest)).toEqual({ state: 'absent' })
  await writeFile(files.manifest, JSON.stringify(saved))
  expect(await readSaved(files.manifest)).toEqual({ state: 'present', value: saved })
  for (const text of ['', '{', '[]', '{"format":"something/1"}', '{"format":"desktop-suspended/99"}']) {
    await writeFile(files.manifest, text)
    expect((await readSaved(files.manifest)).state, text).toBe('unknown')
  }
})

test('a discarded machine leaves no file, and may be discarded again', async () => {
  await writeFile(files.manifest, JSON.stringify(saved))
  await writeFile(files.state, 'state')
  await discardSaved(files)
  await discardSaved(files)
  expect(await readdir(dir)).toEqual([])
})
