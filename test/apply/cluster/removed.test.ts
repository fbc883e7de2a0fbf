/** Machines that a file no longer has. */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { checkedLeft, removedMachines } from '../../../src/apply/cluster/removed.ts'
import type { Environment } from '../../../src/apply/environment/environment.ts'
import { knownFiles, rememberFile } from '../../../src/apply/environment/known-hosts.ts'
import { lockEnvironment } from '../../../src/apply/environment/lock.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { HostSessions } from '../../../src/apply/remote/sessions.ts'
import { environmentPaths } from '../../../src/host/paths.ts'
import { aDesired } from '../../support/reconcile/world.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'removed-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR', 'CONFIG_HOME']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  vi.stubEnv('DOCKER_CONFIG', join(dir, 'docker'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const host = { name: 'builder' }

test('machines of the file that it no longer has there are removed', () => {
  const left = { names: ['lab.w.2', 'lab.m.10'], unreadable: [{ name: 'lab.m.3', reason: 'damaged' }] }
  expect(checkedLeft(host, 'lab', ['lab.w.1'], left)).toEqual(left)
})

test.each([
  ['of another environment', ['labor.w.1']],
  ['of an environment whose name begins with that of the file', ['lab.x.w.1']],
  ['without a number', ['lab.w']],
  ['that the file has there', ['lab.w.2', 'lab.w.1']],
  ['listed twice', ['lab.w.2', 'lab.w.2']],
])('a machine %s is an invalid reply', (_name, names) => {
  const [first = '', ...others] = names
  const unreadable = others.map((name) => ({ name, reason: '' }))
  for (const left of [
    { names, unreadable: [] },
    { names: [first], unreadable },
  ])
    expect(() => checkedLeft(host, 'lab', ['lab.w.1'], left)).toThrow('builder: desktop there lists')
})

const file = '/p/desktop.yaml'
const machine = { cluster: 'lab', kind: 'm', name: 'm.1', alike: 1, peers: [] }
const environment = { desired: { ...aDesired, name: 'lab.m.1', machine }, file } as unknown as Environment
const removed = async (sessions: HostSessions) =>
  (await removedMachines('lab', [environment], { machines: [], unknown: [] }, sessions)).removed

test('a machine here is deleted once its lock is free', async () => {
  const paths = environmentPaths('lab.m.2')
  await mkdir(paths.stateDir, { recursive: true })
  await writeFile(paths.dataDisk, 'volumes')
  const about = { name: 'lab.m.2', file, files: [file], cluster: 'lab' }
  await writeRecord(paths.record, undefined, { ...about, owner: undefined, diskUuid: undefined })
  await using sessions = new HostSessions()
  const [one] = await removed(sessions)
  const held = await lockEnvironment(paths, { command: 'desktop stop', timeoutMs: 0, say: () => {} })
  const waiting = Promise.withResolvers<string>()
  const done = one?.remove(waiting.resolve)
  expect(await waiting.promise).toContain('waiting for desktop stop')
  await access(paths.dataDisk)
  await held[Symbol.asyncDispose]()
  await done
  await expect(access(paths.stateDir)).rejects.toThrow('ENOENT')
})

test('a machine on another host is deleted under its lock there', async () => {
  const calls: string[] = []
  const session = {
    host: { name: 'builder', ssh: { host: 'builder' } },
    hostId: '0123456789abcdef',
    call: async (call: string) => {
      calls.push(call)
      return call === 'left' ? { names: ['lab.m.2'], unreadable: [] } : null
    },
    [Symbol.asyncDispose]: async () => {},
  } as unknown as HostSession
  const { host: there, hostId } = session
  await rememberFile(there, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  await using sessions = new HostSessions(async () => session)
  const [one] = await removed(sessions)
  await one?.remove(() => {})
  expect(calls).toEqual(['left', 'lock', 'destroy', 'unlock'])
})

test('a machine with an unreadable record, here or there, is a warning and keeps its host remembered', async () => {
  const paths = environmentPaths('lab.m.2')
  await mkdir(paths.stateDir, { recursive: true })
  await writeFile(paths.record, '{')
  const left = { names: [], unreadable: [{ name: 'lab.w.1', reason: 'damaged' }] }
  const there = { name: 'builder', ssh: { host: 'builder' } }
  const hostId = '0123456789abcdef'
  const session = {
    ...{ host: there, hostId },
    call: async () => left,
    [Symbol.asyncDispose]: async () => {},
  } as unknown as HostSession
  await rememberFile(there, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  await using sessions = new HostSessions(async () => session)
  const found = await removedMachines('lab', [environment], { machines: [], unknown: [] }, sessions)
  expect(found.removed).toEqual([])
  expect(found.notes.map(({ level, message, drift }) => [level, message, drift])).toEqual([
    ['warning', expect.stringContaining('the owner of lab.m.2 is unknown'), true],
    ['warning', 'the owner of lab.w.1 on builder (builder) is unknown: damaged', true],
  ])
  expect(await knownFiles()).toHaveLength(1)
})
