/** Forgetting a host that no longer exists. */
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { machinesElsewhere } from '../../../src/apply/cluster/elsewhere.ts'
import { readMachines } from '../../../src/apply/environment/environment.ts'
import { knownHost, rememberFile } from '../../../src/apply/environment/known-hosts.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import type { HostSession } from '../../../src/apply/remote/session.ts'
import { HostSessions } from '../../../src/apply/remote/sessions.ts'
import { run as complete } from '../../../src/cli/commands/complete.ts'
import { run } from '../../../src/cli/commands/hosts-forget.ts'
import { defineProgram } from '../../../src/cli/program.ts'

const host = { name: 'builder', ssh: { host: 'builder' } }
const [gone, now] = ['00000000000000aa', '00000000000000bb'] as const
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'forget-'))
  vi.stubEnv('XDG_STATE_HOME', join(dir, 'state'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function project(folder: string, hostId: string): Promise<{ file: string[]; set: string[] }> {
  const file = join(dir, folder, 'desktop.yaml')
  await mkdir(join(dir, folder), { recursive: true })
  const hosts = 'hosts: { builder: { ssh: builder } }\nvms: { w: { host: builder } }\n'
  await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${hosts}`)
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  return { file: [file], set: [] }
}

async function forget(options: { file: string[]; set: string[] }, id: string): Promise<unknown> {
  let text = ''
  const output = { say: () => {}, write: (more: string) => (text += more) }
  expect(await run({ ...options, json: true }, output as never, id)).toBe(0)
  return JSON.parse(text)
}
const known = async (): Promise<unknown> =>
  (await knownHost(host))?.files.map(({ file, hostId }) => [file.split('/').at(-2), hostId])

test('one host of one file is forgotten, and all other entries stay', async () => {
  const options = await project('own', gone)
  await project('own', now)
  await project('other', gone)
  const document = await forget(options, gone)
  const schemas = join(import.meta.dirname, '../../../schemas/results.schema.json')
  const ajv = new Ajv({ allowUnionTypes: true }).addSchema(JSON.parse(readFileSync(schemas, 'utf8')), 'all')
  expect(ajv.validate('all#/definitions/hosts%20forget', document), ajv.errorsText()).toBe(true)
  expect(document).toEqual({ environment: 'lab', hostId: gone, ssh: 'builder' })
  expect(await known()).toEqual([
    ['own', now],
    ['other', gone],
  ])
})

test('the ids of the hosts of a file are offered by completion', async () => {
  const { file } = await project('own', gone)
  let text = ''
  const output = { say: () => {}, write: (more: string) => (text += more) } as never
  const program = defineProgram(output, () => {})
  await complete({ program }, output, ['hosts', 'forget', '-f', file[0] ?? '', ''])
  expect(text).toBe(`${gone}\tbuilder\n`)
})

test('an unknown id is refused with the known ones', async () => {
  const options = await project('own', now)
  await expect(forget(options, gone)).rejects.toMatchObject({
    code: 'cli/usage',
    hint: `there are: ${now} (builder)`,
  })
})

test('the error of a target that reaches another host has the command that forgets the earlier one', async () => {
  const options = await project('own', gone)
  const session = { host, hostId: now, [Symbol.asyncDispose]: async () => {} } as unknown as HostSession
  await using sessions = new HostSessions(async () => session)
  const elsewhere = async () =>
    (await machinesElsewhere(options, await readMachines(options), sessions)).failures
  const [failure, ...others] = await elsewhere()
  expect([failure?.code, others]).toEqual(['hosts/changed', []])
  const [, id = ''] = /desktop hosts forget ([0-9a-f]{16})$/.exec(failure?.hint ?? '') ?? []
  await forget(options, id)
  expect(await elsewhere()).toEqual([])
})
