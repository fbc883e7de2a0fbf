/** `docker stack deploy` with a rolling update and a rollback, by Debian's docker. The tests share a VM and run in order. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { ok } from '../e2e/environment.ts'
import { freePorts } from '../support/free-ports.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'

let clients: ClientMachine
let port: number

beforeAll(async () => {
  clients = await clientMachine('stack', ['box'])
  const [free = 0] = await freePorts(1)
  port = free
  await docker('swarm', 'init')
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
})

const docker = (...args: string[]): Promise<string> =>
  ok(clients.project('stack').docker(args, { PORT: `${port}`, PAGE: page }))
let page = 'one'

const deploy = async (text: string): Promise<void> => {
  page = text
  await docker('stack', 'deploy', '-c', 'stack.yaml', 'shop')
}

const answer = (): Promise<string | undefined> =>
  fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(
    (reply) => reply.text(),
    () => undefined,
  )

const updateState = async (): Promise<string> =>
  (await docker('service', 'inspect', '-f', '{{with .UpdateStatus}}{{.State}}{{end}}', 'shop_web')).trim()

test('a stack with a config and a secret answers on its port', async () => {
  await deploy('one')
  expect(await until(answer, { deadlineMs: 120_000 })).toBe('one\nword\n')
  const running = await until(
    async () => {
      const shown = await docker('service', 'ls', '--format', '{{.Replicas}}')
      return shown.trim() === '2/2' && shown
    },
    { deadlineMs: 120_000, intervalMs: 500 },
  )
  expect(running).toBe('2/2\n')
})

test('a rolling update that starts new tasks first leaves no request without an answer', async () => {
  await deploy('two')
  const answers: (string | undefined)[] = []
  await until(
    async () => {
      answers.push(await answer())
      return (await updateState()) === 'completed'
    },
    { deadlineMs: 240_000, intervalMs: 100 },
  )
  expect(answers.filter((text) => text === undefined)).toEqual([])
  expect(await until(async () => (await answer()) === 'two\nword\n', { deadlineMs: 20_000 })).toBe(true)
})

test('an update whose tasks fail is rolled back, and the old tasks keep answering', async () => {
  await docker('service', 'update', '-d', '--args', 'false', 'shop_web')
  await until(async () => (await updateState()) === 'rollback_completed', {
    deadlineMs: 240_000,
    intervalMs: 500,
  })
  expect(await until(answer, { deadlineMs: 20_000 })).toBe('two\nword\n')
})

test('stack rm closes the port and leaves nothing', async () => {
  await docker('stack', 'rm', 'shop')
  await until(async () => (await answer()) === undefined, { deadlineMs: 60_000 })
  expect(await docker('service', 'ls', '-q')).toBe('')
  expect(await docker('config', 'ls', '-q')).toBe('')
  expect(await docker('secret', 'ls', '-q')).toBe('')
})
