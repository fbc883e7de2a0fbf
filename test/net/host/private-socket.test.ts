import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listenForUser } from '../../../src/net/host/private-socket.ts'

test('a path without a directory that looks like a number is a unix socket, not a port', async () => {
  const before = process.cwd()
  const directory = mkdtempSync(join(tmpdir(), 'private-'))
  process.chdir(directory)
  onTestFinished(() => {
    process.chdir(before)
    rmSync(directory, { recursive: true })
  })
  const server = createServer()
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  await listenForUser(server, '.1e5')
  expect(readdirSync('.')).toEqual(['.1e5'])
})
