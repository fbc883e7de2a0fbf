/** Commands that use the sockets of a machine on another host. A program in place of ssh logs its arguments. */
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forwardedSockets, rememberFile, rememberPlaces } from '../../../src/apply/environment/known-hosts.ts'
import { openReachable } from '../../../src/apply/environment/open-reachable.ts'
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
  await rememberPlaces(host, 'lab', { 'lab.w.1': { control: '/run/c', docker: '/run/d' } })
  await expect(openReachable(own)).rejects.toMatchObject({ code: 'vm/not-running' })
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId: 'x' })
  await expect(openReachable(other)).rejects.toMatchObject({ code: 'vm/not-running' })
  expect(await readFile(join(dir, 'log'), 'utf8')).toBe('')
  await using _supervisor = await listening((socket) =>
    socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'),
  )
  await openReachable(own)
  expect(await readFile(join(dir, 'log'), 'utf8')).toContain('/run/d')
})

test('a machine without a supervisor, whose forwarded socket closes each connection, is not running', async () => {
  const own = await project('own')
  const [file = ''] = own.file
  await rememberPlaces(host, 'lab', { 'lab.w.1': { control: '/run/c', docker: '/run/d' } })
  await rememberFile(host, { cluster: 'lab', owner: await ownerOf(file), file, hostId: 'x' })
  await using _closing = await listening((socket) => socket.destroy())
  await expect(openReachable(own)).rejects.toMatchObject({
    code: 'vm/not-running',
    message: 'w.1 is not running on builder',
  })
})

/** In place of the control socket that ssh forwards. */
async function listening(onConnection: (socket: Socket) => void): Promise<AsyncDisposable> {
  const { control } = forwardedSockets('lab.w.1', host)
  await mkdir(dirname(control), { recursive: true, mode: 0o700 })
  const server = createServer(onConnection).listen(control)
  await once(server, 'listening')
  return { [Symbol.asyncDispose]: async () => void server.close() }
}
