import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageRoot } from '../../src/host/paths.ts'

/** The guest's own script, run by this host's sh. */
const script = join(packageRoot(), 'templates/guest/socat/usr/bin/port-session')
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-ports-'))
  spawnSync('mkfifo', [join(dir, 'ask')])
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** Resolves when the session has said all that there is. */
async function session(path = process.env.PATH): Promise<ChildProcess> {
  const child = spawn('sh', [script, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: path },
  })
  for await (const line of createInterface(child.stdout)) if (line === 'synced') break
  return child
}

async function close(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
}

const mark = (name: string): Promise<string> => readFile(join(dir, name), 'utf8')

test('a session that ends late takes no mark of the one that follows it', async () => {
  const slow = join(dir, 'slow')
  await mkdir(slow)
  await writeFile(join(slow, 'rm'), '#!/bin/sh\nsleep 0.5\nexec /bin/rm "$@"\n', { mode: 0o755 })
  const first = await session(`${slow}:${process.env.PATH}`)
  const over = once(first, 'exit')
  first.stdin?.end()
  const second = await session()
  await over
  expect(await mark('connected')).toBe(`${second.pid}\n`)
  expect(await mark('session')).toMatch(new RegExp(`^${second.pid} `))
  await close(second)
})

test('a session whose host is gone ends when the next one begins, before it hears anything', async () => {
  const first = await session()
  const over = once(first, 'exit')
  const second = await session()
  await over
  await close(second)
})

test('without a session no program asks the host', async () => {
  await close(await session())
  expect(await mark('connected')).toBe('')
})
