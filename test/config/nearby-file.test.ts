import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nearbyFile } from '../../src/config/nearby-file.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nearby-'))
  await mkdir(join(dir, 'a/b'), { recursive: true })
  await mkdir(join(dir, 'c'))
  await writeFile(join(dir, 'desktop.yaml'), '')
  await writeFile(join(dir, 'c/desktop.yml'), '')
})
afterAll(() => rm(dir, { recursive: true }))

test.each([
  ['a/b', '../../desktop.yaml'],
  ['c', 'desktop.yml'],
])('a missing desktop.yaml of %s is found as %s', (folder, found) => {
  expect(nearbyFile(join(dir, folder, 'desktop.yaml'), join(dir, folder))).toBe(found)
})

test('a missing file of another name is looked for nowhere', () => {
  expect(nearbyFile(join(dir, 'a/base.yaml'), dir)).toBeUndefined()
})
