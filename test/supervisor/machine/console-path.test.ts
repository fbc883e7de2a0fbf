/** The console as a path: what a program that opens serial lines sees. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, readlinkSync } from 'node:fs'
import { access, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { ReadStream } from 'node:tty'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { run } from '../../../src/host/run.ts'
import { until } from '../../../src/host/until.ts'
import { ConsolePath } from '../../../src/supervisor/machine/console-path.ts'

let dir: string
let path: string
let console_: ConsolePath | undefined
/** What the VM was sent. */
let typed: string
let viewers: Duplex[]
let vm: boolean

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-tty-'))
  path = join(dir, 'tty')
  typed = ''
  viewers = []
  vm = true
  console_ = await openPath()
})
afterEach(async () => {
  await console_?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

const openPath = (): Promise<ConsolePath | undefined> =>
  ConsolePath.open({
    path,
    attach: () =>
      vm
        ? (viewer) => {
            viewers.push(viewer)
            viewer.write('scrollback\r\n')
            viewer.on('data', (chunk: Buffer) => {
              typed += chunk
            })
            viewer.on('error', () => {})
          }
        : undefined,
    log: { info: () => {}, warn: () => {} } as never,
  })

/** As a terminal program opens it. */
function terminal(): { stream: ReadStream; seen: () => string } {
  const fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY)
  const stream = new ReadStream(fd)
  // Libuv opened the terminal again.
  closeSync(fd)
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk
  })
  stream.on('error', () => {})
  return { stream, seen: () => text }
}
const deadline = { deadlineMs: 30_000, intervalMs: 10 }

test('a client of the path sees the scrollback and new output, and types', async () => {
  const { stream, seen } = terminal()
  await until(async () => seen().includes('scrollback\r\n'), deadline)
  viewers[0]?.write('login: ')
  await until(async () => seen().endsWith('login: '), deadline)
  stream.write('root\r')
  await until(async () => typed === 'root\r', deadline)
  stream.destroy()
})

test('nothing is echoed, and nothing of one user is left for the next', async () => {
  const first = terminal()
  await until(async () => first.seen() !== '', deadline)
  first.stream.destroy()
  await until(async () => viewers[0]?.destroyed === true, deadline)
  const second = terminal()
  await until(async () => second.seen().includes('scrollback'), deadline)
  expect(second.seen()).toBe('scrollback\r\n')
  expect(typed).toBe('')
  second.stream.destroy()
})

test('a path that nobody has open takes nothing', async () => {
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect(viewers).toEqual([])
})

test('without a VM the path waits, and shows the one that starts', async () => {
  vm = false
  const { stream, seen } = terminal()
  vm = true
  await until(async () => seen().includes('scrollback'), deadline)
  viewers[0]?.end()
  await until(async () => viewers.length === 2, deadline)
  stream.destroy()
})

test('the path survives its supervisor: the next one links a new terminal', async () => {
  const before = readlinkSync(path)
  const kept = terminal()
  await until(async () => kept.seen() !== '', deadline)
  const ended = once(kept.stream, 'close')
  await console_?.[Symbol.asyncDispose]()
  await ended
  await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' })
  console_ = await openPath()
  const again = terminal()
  await until(async () => again.seen().includes('scrollback'), deadline)
  again.stream.destroy()
  expect(before).toMatch(/^\/dev\/pts\/\d+$/)
})

test('only its user may open it', async () => {
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a program that makes it its own terminal reads and writes lines', async () => {
  expect((await run(['stty', '-F', path, '-a'])).stdout).toContain('-echo')
  const child = spawn('sh', ['-c', `exec <"$0" >"$0"; IFS= read -r line; printf 'got %s\\r' "$line"`, path])
  const exited = once(child, 'exit')
  await exited
  await until(async () => typed.includes('got scrollback'), deadline)
})
