/** Only this user or root can reach the control API, whatever the mode of its socket. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Calls } from '../../src/supervisor/api/api.ts'
import { serveControl } from '../../src/supervisor/api/server.ts'

/** The server's response to a process of this user. */
async function askAs(uid: number, socketPath: string): Promise<string> {
  const script = `
    process.setgid(${uid}); process.setuid(${uid})
    const socket = require('node:net').connect(${JSON.stringify(socketPath)})
    socket.on('error', (error) => process.stdout.write(error.code))
    socket.on('data', (bytes) => process.stdout.write(bytes))
    socket.write('POST /v1/facts HTTP/1.0\\r\\nContent-Length: 2\\r\\n\\r\\n[]')`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  await once(child, 'close')
  return text
}

test.skipIf(process.getuid?.() !== 0)('a process of another user gets no answer', async () => {
  // The tests' temporary directory is private.
  const dir = await mkdtemp('/tmp/peers-')
  const socketPath = join(dir, 'control.sock')
  const refused: unknown[] = []
  await using _server = await serveControl({
    socketPath,
    calls: { facts: async () => ({ secret: 1 }) } as unknown as Calls,
    streams: {},
    capture: () => Promise.reject(new Error('none')),
    metrics: () => '',
    onError: (_call, error) => refused.push(error),
  })
  await chmod(dir, 0o755)
  await chmod(socketPath, 0o777)
  expect(await askAs(0, socketPath)).toContain('secret')
  expect(await askAs(54_321, socketPath)).not.toContain('HTTP')
  expect(refused).toHaveLength(1)
  await rm(dir, { recursive: true })
})
