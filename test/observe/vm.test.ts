import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootId, identityOf, type ProcessIdentity } from '../../src/host/identity.ts'
import { absent, observedValue } from '../../src/observation.ts'
import { observeVm } from '../../src/observe/vm.ts'
import type { MachineRecord } from '../../src/vm/machine-record.ts'

let dir: string
let children: ChildProcess[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-observe-'))
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

async function sleeper(): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'])
  children.push(child)
  await once(child, 'spawn')
  const identity = await identityOf(child.pid ?? 0)
  if (identity === undefined) throw new Error('sleep did not start')
  return identity
}

/** The state of a running VM without a supervisor, with two shares and these servers on record. */
async function recorded(daemons?: readonly ProcessIdentity[]) {
  const vm: MachineRecord = {
    spec: {
      argv: ['qemu'],
      accelerator: 'tcg',
      hashes: { image: 'i', metadata: 'm', argv: 'a' },
      sockets: { link: '', qmp: '', agent: '', console: '' },
      consoleLog: '',
      daemons: ['/work', '/data'].map((target, i) => ({ argv: [], socket: `share${i}.sock`, target })),
    },
    identity: await sleeper(),
    startedAt: '2026-01-01T00:00:00.000Z',
    daemons,
  }
  const paths = {
    supervisorState: join(dir, 'supervisor.json'),
    suspendedMachine: join(dir, 'suspended.json'),
  }
  const state = { format: 'desktop-supervisor/1', ports: [], vm }
  await writeFile(paths.supervisorState, JSON.stringify(state))
  const seen = observedValue(await observeVm(paths, absent))?.vm
  if (seen?.state !== 'running') throw new Error(`the VM is ${seen?.state}`)
  return seen.shares
}

test('without a supervisor each share is served by the very process on record, or not', async () => {
  const [work, data] = [await sleeper(), await sleeper()]
  expect(await recorded([work, data])).toEqual([
    { target: '/work', served: true },
    { target: '/data', served: true },
  ])
  const victim = children.find(({ pid }) => pid === data.pid)
  victim?.kill('SIGKILL')
  await once(victim as ChildProcess, 'exit')
  expect(await recorded([work, data])).toMatchObject([{ served: true }, { served: false }])
})

test.each([
  ['a process that took the pid since', { started: '1' }],
  ['a process of an earlier boot', { bootId: `not ${bootId()}` }],
])('%s serves nothing', async (_what, other) => {
  const [work, data] = [await sleeper(), await sleeper()]
  expect(await recorded([work, { ...data, ...other }])).toMatchObject([{ served: true }, { served: false }])
})

test('a VM whose record has no servers has no reported state', async () => {
  expect(await recorded()).toBeUndefined()
})
