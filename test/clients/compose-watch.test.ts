/** `docker compose watch`: edits on the host reach a running container, by Debian's compose v2. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startChild } from '../../src/host/child.ts'
import { until } from '../../src/host/until.ts'
import { ok } from '../e2e/environment.ts'
import { freePorts } from '../support/free-ports.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'

let clients: ClientMachine
let port: number
let watch: ReturnType<typeof startChild>
let printed = ''

beforeAll(async () => {
  clients = await clientMachine('watch', ['box'])
  const [free = 0] = await freePorts(1)
  port = free
  const { dir } = clients.project('watch')
  watch = startChild(clients.docker, ['compose', 'watch'], {
    cwd: dir,
    env: { ...process.env, ...clients.env, PORT: `${port}` },
  })
  for (const stream of [watch.stdout, watch.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk
    })
  // It builds and starts the project first. Edits before this line are not synchronised.
  await until(async () => printed.includes('Watch enabled'), { deadlineMs: 240_000 }).catch(
    (error: unknown) => {
      throw new Error(printed, { cause: error })
    },
  )
})
afterAll(async () => {
  watch?.kill('SIGINT')
  await clients?.[Symbol.asyncDispose]()
})

const write = (path: string, text: string): Promise<void> =>
  writeFile(join(clients.project('watch').dir, path), text)

const page = (path: string): Promise<string | undefined> =>
  fetch(`http://127.0.0.1:${port}/${path}`).then(
    (reply) => (reply.ok ? reply.text() : undefined),
    () => undefined,
  )

async function becomes(path: string, text: string): Promise<void> {
  await until(async () => (await page(path))?.trim() === text, { deadlineMs: 120_000 }).catch(
    async (error: unknown) => {
      throw new Error(`${path} is ${await page(path)}; watch printed ${printed}`, { cause: error })
    },
  )
}

const container = async (format: string): Promise<string> =>
  (await ok(clients.project('watch').docker(['inspect', '-f', format, 'watch-web-1']))).trim()

test('sync copies new and changed files into the container, and leaves ignored ones out', async () => {
  const before = await container('{{.State.StartedAt}}')
  await write('src/ignored', 'not for the container')
  await write('src/index.html', 'second')
  await write('src/new.html', 'new')
  await becomes('index.html', 'second')
  await becomes('new.html', 'new')
  expect(await page('ignored')).toBeUndefined()
  expect(await container('{{.State.StartedAt}}')).toBe(before)
})

test('sync+restart copies the file, then restarts the same container', async () => {
  const before = await container('{{.Id}}')
  await write('greeting', 'changed')
  await becomes('started', 'changed')
  expect(await container('{{.Id}}')).toBe(before)
})

test('rebuild replaces the container by one of the new image', async () => {
  const before = await container('{{.Id}}')
  await write(
    'Dockerfile',
    'FROM box\nCOPY src /www\nRUN echo built >/www/built.html; echo x >/etc/greeting\n',
  )
  await becomes('built.html', 'built')
  expect(await container('{{.Id}}')).not.toBe(before)
})
