/** A compromised QEMU can put links in place of its sockets: nothing is sent to what they lead to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dialQemu } from '../../src/vm/qemu/dial-qemu.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

let dir: string
let children: ChildProcess[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'qs-'))
  children = []
})
afterEach(async () => {
  for (const child of children) {
    const ended = once(child, 'exit')
    if (child.kill()) await ended
  }
  await rm(dir, { recursive: true, force: true })
})

const listen = `require('net').createServer((s) => s.on('data', (d) => process.stdout.write('got ' + d))).listen(process.argv[1], () => console.log('listening'))`

/** A process that listens at the path, or whose child does. */
async function listener(path: string, as: 'itself' | 'child' = 'itself'): Promise<ChildProcess> {
  const node = [process.execPath, '-e', listen, path]
  const [program = '', ...args] =
    as === 'itself' ? node : ['sh', '-c', '"$@" & trap "kill $!" TERM; wait', 'sh', ...node]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout!, 'data')
  return child
}

const options = { deadlineMs: 10_000 }
const refused = expect.objectContaining({ code: 'vm/wrong-peer' })

test('a socket of the QEMU itself is connected to, also where a script wraps it', async () => {
  for (const as of ['itself', 'child'] as const) {
    const path = join(dir, as)
    const { pid = 0 } = await listener(path, as)
    const socket = await dialQemu(path, { pid }, options)
    socket.destroy()
  }
})

test.each(['link', 'moved', 'link of a folder'])(
  "another process's socket (%s) gets nothing",
  async (how) => {
    const qemu = await listener(join(dir, 'qmp.sock'))
    const victim = await listener(join(dir, 'docker.sock'))
    let path = join(dir, 'link.sock')
    if (how === 'link') await symlink(join(dir, 'docker.sock'), path)
    if (how === 'moved') await rename(join(dir, 'docker.sock'), path)
    if (how === 'link of a folder') {
      await symlink(dir, join(dir, 'vm'))
      path = join(dir, 'vm', 'docker.sock')
    }
    let got = ''
    victim.stdout?.on('data', (bytes) => {
      got += bytes
    })
    await expect(dialQemu(path, { pid: qemu.pid ?? 0 }, options)).rejects.toEqual(refused)
    // A connection of the test's own, which the victim reads after all that came before it.
    const own = connect(path, () => own.end('own'))
    await once(own, 'close').catch(() => {})
    await expect.poll(() => got, { timeout: 10_000 }).toBe('got own')
  },
)

test('a socket of this very process, which QEMU could link to, is not mistaken for a socket of QEMU', async () => {
  const path = join(dir, 'control.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  const qemu = await listener(join(dir, 'qmp.sock'))
  await expect(dialQemu(path, { pid: qemu.pid ?? 0 }, options)).rejects.toEqual(refused)
  server.close()
})
