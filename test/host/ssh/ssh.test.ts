import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forwardSocket } from '../../../src/host/ssh/ssh.ts'
import { fakeSsh } from '../../support/host/fake-ssh.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ssh-'))
  for (const name of ['STATE_HOME', 'RUNTIME_DIR']) vi.stubEnv(`XDG_${name}`, join(dir, name))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
  await fakeSsh(dir)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const ssh = { host: 'builder' }
const forward = (name: string): Promise<void> => forwardSocket({ ssh, path: `/run/${name}` }, join(dir, name))
const logins = async (): Promise<number> =>
  (await readFile(join(dir, 'logins'), 'utf8')).split('\n').length - 1
const names = Array.from({ length: 30 }, (_, index) => `s${index}`)

test('all sockets of a host are forwarded after one login', async () => {
  await Promise.all(names.map(forward))
  for (const name of names) await access(join(dir, name))
  expect(await logins()).toBe(1)
})

test('an unreachable host gets one login for all sockets, and none soon after', async () => {
  await writeFile(join(dir, 'down'), '')
  for (const _ of [1, 2]) {
    const ended = await Promise.allSettled(names.map(forward))
    for (const one of ended)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'hosts/unreachable' } })
  }
  expect(await logins()).toBe(1)
})

test('a socket whose file was removed is forwarded again', async () => {
  await forward('control')
  await rm(join(dir, 'control'))
  await forward('control')
  await access(join(dir, 'control'))
  expect(await logins()).toBe(1)
})

test.each(['/home/a:b/control', '/home/a b/control', '/home/%h/control', 'control'])(
  'the path %s, which ssh -L would misread, is refused without a hint about the login',
  async (path) => {
    const forwarded = forwardSocket({ ssh: { host: 'builder' }, path }, '/tmp/local')
    await expect(forwarded).rejects.toMatchObject({ code: 'hosts/forward' })
  },
)
