import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { machinesElsewhere, requireSome } from '../../../src/apply/cluster/elsewhere.ts'
import { existingMachines, machinesOfFile } from '../../../src/apply/environment/find-environment.ts'
import { rememberFile } from '../../../src/apply/environment/known-hosts.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { HostSessions } from '../../../src/apply/remote/sessions.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'find-'))
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

test('a file with one VM is read once', async () => {
  const options = { file: [join(dir, 'desktop.yaml')], set: [] }
  await writeFile(options.file[0]!, 'apiVersion: desktop/v1\nname: lab\nvm: { memory: 1GiB }\n')
  const machines = await machinesOfFile(options, undefined)
  await rm(options.file[0]!)
  expect(await existingMachines(options, undefined, machines)).toEqual([])
})

test.each([
  ['a host which is no longer in the file', 'vms: { m: { count: 2 } }'],
  ['a host by a file that has one VM now', 'vm: { memory: 1GiB }'],
])('machines that are left on %s are found', async (_name, rest) => {
  const options = { file: [join(dir, 'desktop.yaml')], set: [] }
  const [file = ''] = options.file
  const host = { name: 'builder', ssh: { host: 'builder' } }
  const hostId = '0123456789abcdef'
  await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${rest}\n`)
  const session = {
    host,
    hostId,
    call: async () => ({ names: ['lab.w.1'], unreadable: [] }),
    [Symbol.asyncDispose]: async () => {},
  } as unknown as HostSession
  await using sessions = new HostSessions(async () => session)
  const look = async () => {
    const machines = await machinesOfFile(options, undefined)
    await rm(file)
    const here = await existingMachines(options, undefined, machines)
    const elsewhere = await machinesElsewhere(options, machines, sessions)
    await requireSome(here, elsewhere)
    return [here, elsewhere.machines.map(({ name }) => name)]
  }
  const text = await readFile(file)
  await expect(look()).rejects.toMatchObject({ code: 'state/no-environment' })
  await writeFile(file, text)
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  expect(await look()).toEqual([[], ['lab.w.1']])
})
