/** A name that two files claim. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openMachines } from '../../../src/apply/environment/environment.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import { environmentPaths } from '../../../src/host/paths.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'claimed-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test.each([
  ['vm: { memory: 1GiB }', 'lab'],
  ['vms: { m: { memory: 1GiB } }', 'lab.m.1'],
])('an environment of another file is an error with the line of the name: %s', async (rest, name) => {
  const [mine = '', other = ''] = ['mine', 'other'].map((folder) => join(dir, folder, 'desktop.yaml'))
  for (const file of [mine, other]) {
    await mkdir(join(file, '..'))
    await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${rest}\n`)
  }
  const { record, stateDir } = environmentPaths(name)
  await mkdir(stateDir, { recursive: true })
  const about = { name, file: other, files: [other] }
  await writeRecord(record, undefined, {
    ...about,
    cluster: undefined,
    owner: undefined,
    diskUuid: undefined,
  })
  await expect(openMachines({ file: [mine], set: [] })).rejects.toMatchObject({
    code: 'state/name-claimed',
    message: `the environment ${name} belongs to ${other}, not to ${mine}`,
    at: { file: mine, line: 2, column: 7 },
  })
})
