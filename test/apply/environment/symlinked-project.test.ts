/** Machines that a project no longer has are found from all paths to its folder. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { leftMachines, ofFolder } from '../../../src/apply/environment/left-machines.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import { environmentPaths } from '../../../src/host/paths.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'symlink-'))
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test('a machine applied through a symbolic link is left by the same project, and not by a copy of it', async () => {
  await mkdir(join(dir, 'project'))
  await mkdir(join(dir, 'copy'))
  await symlink(join(dir, 'project'), join(dir, 'link'))
  const { record, stateDir } = environmentPaths('lab.m.2')
  await mkdir(stateDir, { recursive: true })
  const file = join(dir, 'link/desktop.yaml')
  const about = { name: 'lab.m.2', file, files: [file], cluster: 'lab' }
  await writeRecord(record, undefined, { ...about, owner: undefined, diskUuid: undefined })
  const leftBy = async (folder: string): Promise<string[]> =>
    (await leftMachines('lab', ofFolder(join(dir, folder, 'desktop.yaml')), [])).machines.map(
      ({ name }) => name,
    )
  expect(await leftBy('project')).toEqual(['lab.m.2'])
  expect(await leftBy('link')).toEqual(['lab.m.2'])
  expect(await leftBy('copy')).toEqual([])
})
