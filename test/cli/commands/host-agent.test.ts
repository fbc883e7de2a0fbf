/** The process that carries out requests of another host, with a pipe in place of ssh. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockEnvironment } from '../../../src/apply/environment/lock.ts'
import { locateEnvironment } from '../../../src/host/locate.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'host-agent-'))
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test('an agent that is cut off while it waits for a lock exits at once', async () => {
  const { lock } = await locateEnvironment('lab.w.2')
  const quiet = { command: 'desktop apply', timeoutMs: 0, say: () => {} }
  await using _held = await lockEnvironment({ lock }, quiet)
  const main = join(import.meta.dirname, '../../../src/cli/main.ts')
  const agent = spawn(process.execPath, [main, 'host-agent'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(agent, 'exit')
  const argument = { name: 'lab.w.2', command: 'desktop stop', timeoutMs: 60_000 }
  agent.stdin.write(`${JSON.stringify({ id: 1, call: 'lock', argument })}\n`)
  let said = ''
  for await (const text of agent.stdout.setEncoding('utf8')) {
    said += text
    if (said.trim() !== '') break
  }
  expect(JSON.parse(said)).toMatchObject({ type: 'progress', id: 1, progress: { step: 'lock' } })
  expect(said).toContain('waiting for desktop apply')
  const began = performance.now()
  agent.stdin.end()
  expect((await exit)[0]).toBe(0)
  expect(performance.now() - began).toBeLessThan(20_000)
})
