import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guestImageDigest, keepLock } from '../../src/guest/digest.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import { renderLinuxkit } from '../../src/guest/render.ts'
import { cachePaths } from '../../src/host/paths.ts'

let dir: string
const cache = () => cachePaths({ config: dir, state: dir, cache: dir, runtime: dir })
const lockOf = (sha256: string): ComponentLock => ({
  source: 'trixie/amd64',
  components: [{ name: 'desktop/x', packages: [{ name: 'x', version: '1', sha256, sizeBytes: 1 }] }],
})

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-digest-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('before packages are resolved only a build can compute the digest', async () => {
  expect(await guestImageDigest({ linuxkitYaml: 'x' }, cache())).toBeUndefined()
})

test('the digest follows packages and LinuxKit YAML, and nothing else', async () => {
  const digest = (sha256: string, linuxkitYaml: string) =>
    guestImageDigest({ linuxkitYaml, lock: lockOf(sha256) }, cache())
  const first = await digest('aa', 'a')
  expect(first).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(await digest('aa', 'a')).toBe(first)
  expect(await digest('bb', 'a')).not.toBe(first)
  expect(await digest('aa', 'b')).not.toBe(first)
})

test('a kept lock is used by later plans; a damaged one is as good as none', async () => {
  await keepLock(cache(), lockOf('aa'))
  expect(await guestImageDigest({ linuxkitYaml: 'a' }, cache())).toBe(
    await guestImageDigest({ linuxkitYaml: 'a', lock: lockOf('aa') }, cache()),
  )
  await writeFile(join(cache().aptDir, 'lock.json'), '{"recipes":')
  expect(await guestImageDigest({ linuxkitYaml: 'a' }, cache())).toBeUndefined()
})

test('a plan gets the digest within 50 ms', async () => {
  await keepLock(cache(), lockOf('aa'))
  const inputs = { linuxkitYaml: await renderLinuxkit() }
  const times: number[] = []
  for (let i = 0; i < 7; i++) {
    const began = performance.now()
    await guestImageDigest(inputs, cache())
    times.push(performance.now() - began)
  }
  expect(times.sort((a, b) => a - b)[3]).toBeLessThan(50)
})
