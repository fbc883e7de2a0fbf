import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, readLockHolder } from '../../src/host/flock.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'flock-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a second holder is refused, and the error names the holder of the lock', async () => {
  const path = join(dir, 'lock')
  await using _held = await acquireLock(path, { command: 'desktop apply' })
  await expect(acquireLock(path, { command: 'desktop plan' })).rejects.toMatchObject({
    code: 'lock/held',
    message: expect.stringContaining(`desktop apply (pid ${process.pid}`),
  })
})

test('a waiter gets the lock when the holder lets go', async () => {
  const path = join(dir, 'lock')
  const first = await acquireLock(path, { command: 'first' })
  const waiting = acquireLock(path, {
    command: 'second',
    timeoutMs: 30_000,
    onWait: () => void first[Symbol.asyncDispose](),
  })
  await using _second = await waiting
  expect((await readLockHolder(path))?.command).toBe('second')
})

test('the lock of a killed process is free at once', async () => {
  const path = join(dir, 'lock')
  const module = join(import.meta.dirname, '../../src/host/flock.ts')
  const code = `const { acquireLock } = await import(${JSON.stringify(module)});
    await acquireLock(${JSON.stringify(path)}, { command: 'child' }); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(acquireLock(path, { command: 'parent' })).rejects.toMatchObject({ code: 'lock/held' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using lock = await acquireLock(path, { command: 'parent' })
  expect(lock.path).toBe(path)
})

test('who waited for a lock that was removed with its directory holds the one that has the name now', async () => {
  const path = join(dir, 'environment', 'lock')
  const destroy = await acquireLock(path, { command: 'destroy' })
  const waiting = acquireLock(path, {
    command: 'apply',
    timeoutMs: 30_000,
    onWait: () => {
      void rm(join(dir, 'environment'), { recursive: true }).then(() => destroy[Symbol.asyncDispose]())
    },
  })
  await using _apply = await waiting
  await expect(acquireLock(path, { command: 'third' })).rejects.toMatchObject({ code: 'lock/held' })
})
