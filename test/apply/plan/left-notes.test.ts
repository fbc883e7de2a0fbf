/** A file with `vm` that had `vms` before. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rememberFile } from '../../../src/apply/environment/known-hosts.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import { leftNotes } from '../../../src/apply/plan/left-notes.ts'
import type { Desired } from '../../../src/config/desired.ts'
import { environmentPaths } from '../../../src/host/paths.ts'
import { aDesired } from '../../support/reconcile/world.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'notes-'))
  file = join(dir, 'p', 'desktop.yaml')
  await mkdir(join(dir, 'p'))
  // Its machines belong to it as long as it has them: a file that was moved is taken over by another one.
  await writeFile(file, 'apiVersion: desktop/v1\nname: lab\nvms: { m: {} }\n')
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const desired: Desired = { ...aDesired, name: 'lab' }
const messages = async (of: Parameters<typeof leftNotes>[0]): Promise<string[]> =>
  (await leftNotes(of)).map(({ level, message }) => `${level}: ${message}`)

test('machines of the vms that it replaces are an error of the plan, on this host and on others', async () => {
  expect(await messages({ desired, file })).toEqual([])
  const { record, stateDir } = environmentPaths('lab.m.1')
  await mkdir(stateDir, { recursive: true })
  const about = { name: 'lab.m.1', file, files: [file], cluster: 'lab' }
  await writeRecord(record, undefined, { ...about, owner: undefined, diskUuid: undefined })
  const builder = { name: 'builder', ssh: { user: 'me', host: 'builder' } }
  const hostId = '0123456789abcdef'
  await rememberFile(builder, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  expect(await messages({ desired, file })).toEqual([
    'error: this file had vms before, and would leave behind: lab.m.1, machines on builder (me@builder)',
  ])
  for (const other of [
    { desired: { ...desired, name: 'other' }, file },
    { desired, file: '/q/desktop.yaml' },
    { desired, file: undefined },
  ])
    expect(await messages(other)).toEqual([])
})
