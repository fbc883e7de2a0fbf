/** Machines that a file left on this host, whether the file is here or on another host. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  leftMachines,
  ofFolder,
  ofOwners,
  unreadableError,
} from '../../../src/apply/environment/left-machines.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import { locateEnvironment } from '../../../src/host/locate.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'left-'))
  for (const name of ['STATE_HOME', 'CACHE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  for (const machine of ['m.1', 'm.2']) await record(`lab.${machine}`, { file: '/lab/desktop.yaml' })
  await record('lab.w.1', { owner: 'laptop/0123456789abcdef:/lab' })
  await record('lab.x.1', { file: '/other/desktop.yaml' })
  await record('lab.y.1', { file: '/lab/desktop.yaml', cluster: 'lab.y' })
  const { record: damaged } = await locateEnvironment('lab.m.3')
  await mkdir(dirname(damaged), { recursive: true })
  await writeFile(damaged, '{')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function record(
  name: string,
  about: { file?: string; owner?: string; cluster?: string },
): Promise<void> {
  const { record: path } = await locateEnvironment(name)
  await mkdir(dirname(path), { recursive: true })
  const none = { file: undefined, owner: undefined, diskUuid: undefined }
  await writeRecord(path, undefined, { name, files: [], cluster: 'lab', ...none, ...about })
}

const left = async (...[isOwn, kept]: [Parameters<typeof leftMachines>[1], string[]]): Promise<string[]> =>
  (await leftMachines('lab', isOwn, kept)).machines.map(({ machine }) => machine).sort()

test('a file on this host owns the machines of its folder, and those it still has are not left', async () => {
  expect(await left(ofFolder('/lab/desktop.yaml'), ['lab.m.1'])).toEqual(['m.2'])
  expect(await left(ofFolder('/lab/renamed.yaml'), [])).toEqual(['m.1', 'm.2'])
  expect(await left(ofFolder(undefined), [])).toEqual([])
})

test('a file on another host owns the machines with its owner, whatever the name of that host', async () => {
  expect(await left(ofOwners(['renamed/0123456789abcdef:/lab']), [])).toEqual(['w.1'])
  expect(await left(ofOwners(['laptop/0123456789abcdef:/other']), [])).toEqual([])
  expect(await left(ofOwners(['laptop/0123456789abcdef:/lab']), ['lab.w.1'])).toEqual([])
})

test('a machine whose record is damaged or missing is neither left nor forgotten', async () => {
  const { stateDir, dataDisk } = await locateEnvironment('lab.w.9')
  await mkdir(stateDir, { recursive: true })
  await writeFile(dataDisk, 'volumes')
  // Only a lock: nothing was applied.
  await mkdir((await locateEnvironment('lab.w.8')).stateDir, { recursive: true })
  for (const isOwn of [ofFolder('/lab/desktop.yaml'), ofFolder(undefined), ofOwners([])]) {
    const { unreadable } = await leftMachines('lab', isOwn, [])
    expect(unreadable.map(({ name }) => name).sort()).toEqual(['lab.m.3', 'lab.w.9'])
  }
  expect((await leftMachines('lab', ofOwners([]), ['lab.m.3'])).unreadable).toHaveLength(1)
  expect((await leftMachines('la', ofOwners([]), [])).unreadable).toEqual([])
})

test('an error about a damaged record names the machine, its host and the command that deletes it', () => {
  const one = { name: 'lab.m.3', reason: 'record.json is not JSON' }
  expect(unreadableError(one)).toMatchObject({
    message: 'the owner of lab.m.3 is unknown: record.json is not JSON',
    hint: 'repair the file; if nobody needs the machine: desktop destroy lab.m.3',
  })
  expect(unreadableError(one, 'builder')).toMatchObject({
    message: 'the owner of lab.m.3 on builder is unknown: record.json is not JSON',
    hint: 'repair the file; if nobody needs the machine: there desktop destroy lab.m.3',
  })
})
