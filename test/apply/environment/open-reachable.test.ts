/** Commands that use the sockets of a machine on another host. A program in place of ssh logs its arguments. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openReachable } from '../../../src/apply/environment/environment.ts'
import { rememberFile, rememberPlaces } from '../../../src/apply/environment/known-hosts.ts'
import { ownerOf } from '../../../src/apply/environment/owner.ts'
import { fakeSsh } from '../../support/host/fake-ssh.ts'

const host = { name: 'builder', ssh: { host: 'builder' } }
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reachable-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  await fakeSsh(dir)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

async function project(folder: string): Promise<{ file: string[]; set: string[]; machine: string }> {
  const file = join(dir, folder, 'desktop.yaml')
  await mkdir(join(dir, folder))
  await writeFile(
    file,
    'apiVersion: desktop/v1\nname: lab\nhosts: { builder: { ssh: builder } }\nvms: { w: { host: builder } }\n',
  )
  return { file: [file], set: [], machine: 'w.1' }
}

test('the machine of another project with the same name is not reached', async () => {
  const [own, other] = [await project('own'), await project('other')]
  const [file = ''] = own.file
  await rememberPlaces(host, { 'lab.w.1': { control: '/run/c', docker: '/run/d' } })
  await expect(openReachable(own)).rejects.toMatchObject({ code: 'vm/not-running' })
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId: 'x' })
  await expect(openReachable(other)).rejects.toMatchObject({ code: 'vm/not-running' })
  expect(await readFile(join(dir, 'log'), 'utf8')).toBe('')
  await openReachable(own)
  expect(await readFile(join(dir, 'log'), 'utf8')).toContain('/run/d')
})
