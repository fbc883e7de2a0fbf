/** Kept handles of the kernel's files give the present text, and cost no open. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { jsonLines } from '../../../src/host/json-lines.ts'
import { GuestAgent } from '../../../src/vm/agent/agent.ts'

const route = '/proc/1/root/proc/net/route'
const mtu = '/proc/1/root/sys/class/net/eth0/mtu'
const plain = '/proc/1/root/etc/docker/daemon.json'

interface Request {
  execute: string
  arguments: Record<string, unknown>
}

let files: Map<string, string>
/** By handle: the path, and where the next read begins. */
let open: Map<number, { path: string; at: number }>
let seen: string[]
let agent: GuestAgent
let nextHandle: number

beforeEach(() => {
  files = new Map([
    [route, 'a'],
    [mtu, '1500'],
    [plain, '{}'],
  ])
  open = new Map()
  seen = []
  nextHandle = 1
  const port = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      feed(chunk.toString('latin1').replaceAll('\xff', '\n'))
      done()
    },
  })
  const feed = jsonLines((value) => {
    const { execute, arguments: args } = value as Request
    const sync = execute === 'guest-sync-delimited'
    const said = sync ? { return: args.id } : answer(execute.replace('guest-file-', ''), args)
    port.push(Buffer.from(`${sync ? '\xff' : ''}${JSON.stringify(said)}\n`, 'latin1'))
  })
  agent = new GuestAgent(port as unknown as Socket)
})

/** As qemu-ga does: a read goes on where the last one ended. */
function answer(command: string, { path, handle, offset }: Record<string, unknown>): unknown {
  seen.push(command)
  if (command === 'guest-ping') return { return: {} }
  if (command === 'open') {
    if (!files.has(String(path))) return { error: { desc: 'No such file or directory' } }
    nextHandle += 1
    open.set(nextHandle, { path: String(path), at: 0 })
    return { return: nextHandle }
  }
  const file = open.get(Number(handle))
  if (file === undefined) return { error: { desc: `handle '${handle}' has not been found` } }
  if (command === 'close') return { return: open.delete(Number(handle)) && {} }
  if (command === 'seek') file.at = Number(offset)
  const text = files.get(file.path)?.slice(file.at)
  if (text === undefined) return { error: { desc: 'failed to read file: No such device' } }
  if (command === 'read') file.at += text.length
  return { return: { count: text.length, 'buf-b64': Buffer.from(text).toString('base64'), eof: true } }
}

/** The texts, and the commands that it took. */
async function read(...paths: string[]): Promise<{ texts: unknown[]; commands: string }> {
  seen.length = 0
  const readings = await agent.readStarts(paths)
  // After the closes, which nobody waits for.
  await agent.ping(15_000)
  const texts = readings.map((one) => (one.state === 'present' ? one.value.text : one.state))
  return { texts, commands: seen.join(' ').replace(' guest-ping', '') }
}

test("a kernel's file is opened once, and read again each time", async () => {
  expect(await read(route, plain)).toEqual({ texts: ['a', '{}'], commands: 'open open read read close' })
  files.set(route, 'b')
  files.set(plain, '{"debug": true}')
  expect(await read(route, plain)).toEqual({
    texts: ['b', '{"debug": true}'],
    commands: 'seek read open read close',
  })
})

test('no handle of a binfmt_misc entry is kept: it would outlive the registration', async () => {
  const entry = '/proc/1/root/proc/sys/fs/binfmt_misc/desktop-arm64'
  files.set(entry, 'enabled')
  expect(await read(entry)).toEqual({ texts: ['enabled'], commands: 'open read close' })
  files.delete(entry)
  expect((await read(entry)).texts).toEqual(['absent'])
})

test('a handle that fails is closed, and its file is opened again or absent', async () => {
  await read(route, mtu)
  files.delete(mtu)
  expect(await read(route, mtu)).toEqual({
    texts: ['a', 'absent'],
    commands: 'seek read seek read close open',
  })
  files.set(mtu, '9000')
  expect((await read(mtu)).texts).toEqual(['9000'])
})

test('after a restart of the agent, which knows no previous handle, all files are read', async () => {
  await read(route, mtu)
  open.clear()
  expect((await read(route, mtu)).texts).toEqual(['a', '1500'])
  expect(open.size).toBe(2)
})

test('two readers at a time keep one handle of each file', async () => {
  await Promise.all([agent.readStarts([route, mtu, route]), agent.readStarts([mtu, route])])
  await agent.ping(15_000)
  expect(open.size).toBe(2)
})

test('of many files some are kept, and none are left open after closeFiles', async () => {
  const many = Array.from({ length: 60 }, (_, i) => `/proc/1/root/proc/sys/vm/${i}`)
  for (const path of many) files.set(path, path)
  expect((await read(...many)).texts).toEqual(many)
  expect(open.size).toBeLessThan(30)
  expect((await read(...many)).texts).toEqual(many)
  await agent.closeFiles()
  expect(open.size).toBe(0)
  expect((await read(...many)).texts).toEqual(many)
})
