/** Requests of another host, carried out in this process. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Agent } from '../../../src/apply/remote/agent.ts'
import { evaluate } from '../../../src/config/load.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'agent-'))
  for (const name of ['STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test('a plan that needs the network of the other host is refused with --offline, and made without', async () => {
  const { machines } = evaluate(
    [{ shown: 'desktop.yaml', path: '/p/desktop.yaml' }],
    { env: {} },
    () => 'apiVersion: desktop/v1\nname: lab\nvms: { w: { memory: 512MiB } }\n',
  )
  const machine = {
    desired: machines[0]!,
    configHash: 'c',
    owners: ['laptop/a:/p'],
    lock: null,
    signatures: null,
  }
  using agent = new Agent(() => Promise.reject(new Error('no status')))
  const { assess } = agent.handlers
  const made = await assess({ machine, only: [], offline: false }, () => {})
  expect(made.plan.operations.map(({ kind }) => kind)).toContain('image/build')
  await expect(assess({ machine, only: [], offline: true }, () => {})).rejects.toMatchObject({
    code: 'guest/offline',
  })
})
