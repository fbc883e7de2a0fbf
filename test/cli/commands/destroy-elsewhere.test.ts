/** Consent to the deletion of machines, some of which are on a host that is unreachable. */
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { knownFiles, rememberFile } from '../../../src/apply/environment/known-hosts.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import { writeRecord } from '../../../src/apply/environment/record.ts'
import { run } from '../../../src/cli/commands/destroy.ts'
import { environmentPaths } from '../../../src/host/paths.ts'
import { apiVersion } from '../../../src/supervisor/api/api.ts'
import { toolVersion } from '../../../src/version.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'destroy-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  await writeFile(join(dir, 'ssh'), '#!/bin/sh\necho "No route to host" >&2\nexit 255\n')
  await chmod(join(dir, 'ssh'), 0o755)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const hosts = 'hosts: { builder: { ssh: builder } }\n'
test.each([
  ['', `${hosts}vms: { m: {}, w: { host: builder } }\n`],
  [', also by a file that has vm in place of vms now', 'vm: { memory: 1GiB }\n'],
])(
  'a host that cannot be asked for its machines is named before anything is deleted%s',
  async (_name, rest) => {
    const file = join(dir, 'desktop.yaml')
    await writeFile(file, `apiVersion: desktop/v1\nname: lab\n${rest}`)
    const host = { name: 'builder', ssh: { host: 'builder' } }
    await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId: '0123456789abcdef' })
    const { stateDir, dataDisk, record } = environmentPaths('lab.m.1')
    await mkdir(stateDir, { recursive: true })
    await writeFile(dataDisk, 'volumes')
    const about = { name: 'lab.m.1', file, files: [file], cluster: 'lab' }
    await writeRecord(record, undefined, { ...about, owner: undefined, diskUuid: undefined })
    const options = { file: [file], set: [], allow: [], lockTimeout: 0 }
    const output = { interactive: false, say: () => {}, write: () => {} }
    const asked = run(options, output as never)
    await expect(asked).rejects.toMatchObject({ code: 'plan/needs-consent' })
    await expect(asked).rejects.toThrow(dataDisk)
    await expect(asked).rejects.toThrow('machines may remain: builder: No route to host')
    await access(dataDisk)
  },
)

test('a host whose last machine was deleted there is forgotten, although there is nothing to delete', async () => {
  const file = join(dir, 'desktop.yaml')
  await writeFile(file, 'apiVersion: desktop/v1\nname: lab\nvm: { memory: 1GiB }\n')
  const hostId = '0123456789abcdef'
  const replies = [
    { toolVersion, apiVersion, hostId },
    { names: [], unreadable: [] },
  ].map((value, index) => JSON.stringify({ type: 'value', id: index + 1, value }))
  const script = `#!/bin/sh\n${replies.map((reply) => `read -r line; echo '${reply}'`).join('\n')}\nread -r line\n`
  await writeFile(join(dir, 'ssh'), script)
  const host = { name: 'builder', ssh: { host: 'builder' } }
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId })
  const options = { file: [file], set: [], allow: [], lockTimeout: 0, yes: true as const }
  const output = { interactive: false, say: () => {}, write: () => {} }
  await expect(run(options, output as never)).rejects.toMatchObject({ code: 'state/no-environment' })
  expect(await knownFiles()).toEqual([])
})
