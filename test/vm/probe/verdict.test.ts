import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ruledOut } from '../../../src/vm/probe/native.ts'
import { keepVerdict, readVerdict, verdictPath } from '../../../src/vm/probe/verdict.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-verdict-'))
})
afterEach(() => rm(dir, { recursive: true }))

const works = { works: true, milliseconds: 700 } as const
const about = { binary: process.execPath, kernelDigest: 'sha256:a' }

test('a kept verdict is read again', async () => {
  const path = await verdictPath(dir, 'kvm', about)
  await keepVerdict(path, 'kvm', works)
  expect(await readVerdict(path)).toEqual(works)
})

test('another kernel, QEMU or accelerator has no verdict yet', async () => {
  const other = join(dir, 'qemu')
  await writeFile(other, '')
  const paths = await Promise.all([
    verdictPath(dir, 'kvm', about),
    verdictPath(dir, 'hvf', about),
    verdictPath(dir, 'kvm', { ...about, kernelDigest: 'sha256:b' }),
    verdictPath(dir, 'kvm', { ...about, binary: other }),
  ])
  expect(new Set(paths).size).toBe(paths.length)
})

test('a QEMU that was updated in place has no verdict yet', async () => {
  const binary = join(dir, 'qemu')
  await writeFile(binary, '7.2')
  const before = await verdictPath(dir, 'kvm', { ...about, binary })
  await writeFile(binary, '10.0')
  expect(await verdictPath(dir, 'kvm', { ...about, binary })).not.toBe(before)
})

test('verdicts of an earlier host boot are not used, and removed with the next one', async () => {
  const old = join(dir, 'old.json')
  await writeFile(old, JSON.stringify({ format: 'desktop-accelerator/2', bootId: 'before', verdict: works }))
  expect(await readVerdict(old)).toBeUndefined()
  const path = await verdictPath(dir, 'kvm', about)
  await keepVerdict(path, 'kvm', works)
  expect(await readdir(dir)).toEqual([path.slice(dir.length + 1)])
})

test('a damaged verdict counts as none', async () => {
  await writeFile(join(dir, 'a.json'), '{"format":')
  expect(await readVerdict(join(dir, 'a.json'))).toBeUndefined()
})

test('a device that is missing rules kvm out, and one that can be opened does not', async () => {
  expect(await ruledOut('kvm', join(dir, 'kvm'))).toMatchObject({
    reason: expect.stringMatching(/does not exist/),
  })
  await writeFile(join(dir, 'kvm'), '')
  expect(await ruledOut('kvm', join(dir, 'kvm'))).toBeUndefined()
})
