/** Requests of another host, carried out in this process. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Agent } from '../../../src/apply/remote/agent.ts'
import { evaluate } from '../../../src/config/load.ts'
import { environmentPaths } from '../../../src/host/paths.ts'

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

const owners = ['laptop/a:/p']
const record = (format: string): string =>
  JSON.stringify({
    format,
    id: 'i',
    name: 'lab.w.1',
    cluster: 'lab',
    owner: owners[0],
    files: [],
    createdAt: '',
  })

test.each([
  ['that a later version wrote', record('desktop-environment/2'), 'state/newer'],
  ['that is damaged', '{', 'state/unreadable'],
  ['that is missing', undefined, 'state/name-claimed'],
  ['of another owner', record('desktop-environment/1').replace('laptop/a', 'laptop/b'), 'state/name-claimed'],
])('a machine with a record %s is neither stopped nor destroyed', async (_name, text, code) => {
  const paths = environmentPaths('lab.w.1')
  await mkdir(paths.stateDir, { recursive: true })
  await writeFile(paths.dataDisk, 'volumes')
  if (text !== undefined) await writeFile(paths.record, text)
  using agent = new Agent(() => Promise.reject(new Error('no status')))
  const { stop, destroy, left } = agent.handlers
  expect((await left({ cluster: 'lab', owners, kept: [] }, () => {})).names).toEqual([])
  await expect(destroy({ name: 'lab.w.1', owners }, () => {})).rejects.toMatchObject({ code })
  await expect(stop({ name: 'lab.w.1', owners, how: 'power-off' }, () => {})).rejects.toMatchObject({ code })
  expect(await readFile(paths.dataDisk, 'utf8')).toBe('volumes')
})

test('a machine of the owner is destroyed, also if its first apply was interrupted before its record', async () => {
  const paths = environmentPaths('lab.w.1')
  using agent = new Agent(() => Promise.reject(new Error('no status')))
  const { destroy } = agent.handlers
  for (const [path, text] of [
    [paths.record, record('desktop-environment/1')],
    [paths.journal, ''],
  ] as const) {
    await mkdir(paths.stateDir, { recursive: true })
    await writeFile(path, text)
    expect(await destroy({ name: 'lab.w.1', owners }, () => {})).toBe(true)
  }
})
