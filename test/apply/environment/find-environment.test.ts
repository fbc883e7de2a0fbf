import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { existingMachines, machinesOfFile } from '../../../src/apply/environment/find-environment.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'find-'))
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test.each([
  ['one VM', 'vm: { memory: 1GiB }'],
  ['several machines', 'vms: { m: { count: 2 } }'],
])('a file with %s is read once', async (_name, text) => {
  const options = { file: [join(dir, 'desktop.yaml')], set: [] }
  await writeFile(options.file[0]!, `apiVersion: desktop/v1\nname: lab\n${text}\n`)
  const machines = await machinesOfFile(options, undefined)
  await rm(options.file[0]!)
  const found = existingMachines(options, undefined, machines)
  await expect(found).rejects.toMatchObject({ code: 'state/no-environment' })
})
