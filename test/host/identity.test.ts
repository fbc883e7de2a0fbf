import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { bootId, commandLineOf, identityOf, isAlive } from '../../src/host/identity.ts'

test('a process is itself until it ends', async () => {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const identity = await identityOf(child.pid ?? 0)
  expect(identity).toBeDefined()
  if (identity === undefined) return
  expect(await isAlive(identity)).toBe(true)
  expect(await commandLineOf(identity.pid)).toEqual(['sleep', '60'])
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await isAlive(identity)).toBe(false)
})

test('a pid of another boot, or with another start time, is another process', async () => {
  const self = await identityOf(process.pid)
  if (self === undefined) throw new Error('this process has no identity')
  expect(self.bootId).toBe(bootId())
  expect(await isAlive({ ...self, bootId: 'another' })).toBe(false)
  expect(await isAlive({ ...self, started: '1' })).toBe(false)
})
