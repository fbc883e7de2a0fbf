/** Requests of clients: one at a time, and only those that were carried out are recorded. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readState } from '../../../src/supervisor/process/recorded-requests.ts'
import { Requests } from '../../../src/supervisor/process/requests.ts'

const log = { info: () => {}, warn: () => {}, error: () => {} }
let dir: string
let path: string
let keeps: boolean

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'requests-'))
  path = join(dir, 'supervisor.json')
  keeps = true
})
afterEach(() => rm(dir, { recursive: true }))

function open(): Requests {
  return new Requests({
    path,
    state: { ports: [] },
    log,
    leases: () => ['lease'],
    show: async () => {},
    keeps: () => keeps,
  })
}

test('a request that was carried out is on disk when it resolves, with the leases of that moment', async () => {
  using requests = open()
  expect(await requests.change({ engineSocket: '/a' }, async () => 'done')).toBe('done')
  expect(await readState(path)).toMatchObject({ engineSocket: '/a', leases: ['lease'] })
})

test('a request that fails is not recorded, and the next one is carried out', async () => {
  using requests = open()
  const failed = requests.change({ engineSocket: '/a' }, () => Promise.reject(new Error('no')))
  const next = requests.change({ sshAgent: '/b' }, async () => {})
  await expect(failed).rejects.toThrow('no')
  await next
  expect(requests.state.engineSocket).toBeUndefined()
  expect(await readState(path)).toMatchObject({ sshAgent: '/b' })
})

test('requests are carried out one after the other, in their order', async () => {
  using requests = open()
  const first = Promise.withResolvers<void>()
  const order: string[] = []
  const done = [
    requests.run(async () => {
      await first.promise
      order.push('first')
    }),
    requests.change({ sshAgent: '/b' }, async () => void order.push('second')),
  ]
  first.resolve()
  await Promise.all(done)
  expect(order).toEqual(['first', 'second'])
})

test('what follows from a request sees its state before it is on disk', async () => {
  using requests = open()
  const seen: unknown[] = []
  await requests.change(
    { engineSocket: '/a' },
    async () => {},
    async () => void seen.push(requests.state.engineSocket, (await readState(path)).engineSocket),
  )
  expect(seen).toEqual(['/a', undefined])
})

test('nothing is written once the state directory is gone', async () => {
  using requests = open()
  keeps = false
  await requests.change({ sshAgent: '/b' }, async () => {})
  expect(await readState(path)).toEqual({ ports: [] })
  expect(requests.state.sshAgent).toBe('/b')
})
