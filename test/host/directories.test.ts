/** Directories in which another user could place their own socket are rejected, component by component. */
import { chmod, chown, lstat, lutimes, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeDirectory, privateDirectory, requireSafePlace } from '../../src/host/directories.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'places-'))
})
afterEach(() => rm(dir, { recursive: true }))

const unsafe = (path: string): unknown =>
  expect.objectContaining({ code: 'host/unsafe-directory', message: expect.stringContaining(path) })
const isRoot = process.getuid?.() === 0
const stranger = 54_321

test('a private directory is made for this user alone, and one that others may read is shut', async () => {
  await privateDirectory(join(dir, 'a/b'))
  expect((await lstat(join(dir, 'a/b'))).mode & 0o777).toBe(0o700)
  await chmod(join(dir, 'a/b'), 0o755)
  await privateDirectory(join(dir, 'a/b'))
  expect((await lstat(join(dir, 'a/b'))).mode & 0o777).toBe(0o700)
  await chmod(join(dir, 'a'), 0o755)
  await closeDirectory(join(dir, 'a'))
  expect((await lstat(join(dir, 'a'))).mode & 0o777).toBe(0o700)
})

test('a component that everyone may write is refused by name, unless it is sticky as /tmp is', async () => {
  await mkdir(join(dir, 'open/desktop'), { recursive: true })
  await chmod(join(dir, 'open'), 0o777)
  await expect(privateDirectory(join(dir, 'open/desktop/dev'))).rejects.toEqual(unsafe(join(dir, 'open')))
  await chmod(join(dir, 'open'), 0o1777)
  await privateDirectory(join(dir, 'open/desktop/dev'))
})

test('a link leads only to places that are safe themselves', async () => {
  await mkdir(join(dir, 'open/real'), { recursive: true })
  await chmod(join(dir, 'open'), 0o777)
  await symlink(join(dir, 'open'), join(dir, 'link'))
  await expect(privateDirectory(join(dir, 'link/real'))).rejects.toEqual(unsafe(join(dir, 'open')))
})

test('a link in place of the directory is refused', async () => {
  await mkdir(join(dir, 'target'))
  await symlink(join(dir, 'target'), join(dir, 'link'))
  await lutimes(join(dir, 'link'), 0, 0)
  await expect(privateDirectory(join(dir, 'link'))).rejects.toEqual(unsafe(join(dir, 'link')))
})

test.skipIf(!isRoot)('a component or a socket of another user is refused', async () => {
  await mkdir(join(dir, 'theirs/desktop'), { recursive: true, mode: 0o700 })
  await chown(join(dir, 'theirs'), stranger, stranger)
  await expect(privateDirectory(join(dir, 'theirs/desktop'))).rejects.toEqual(unsafe(join(dir, 'theirs')))
  await mkdir(join(dir, 'ours'), { mode: 0o700 })
  await chown(join(dir, 'ours'), stranger, stranger)
  expect(() => requireSafePlace(join(dir, 'ours'))).toThrow('belongs to another user')
})
