/** Root in the VM can answer in the guest agent's place, and write on the console without an end. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { readEnd } from '../../src/host/file-end.ts'
import { jsonLines } from '../../src/host/json-lines.ts'
import { LogLimits, previousLog } from '../../src/supervisor/process/log-limits.ts'
import { GuestAgent } from '../../src/vm/agent/agent.ts'
import { Console } from '../../src/vm/console.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

interface Request {
  execute: string
  arguments: Record<string, unknown>
}

/** The guest's end of the port: in step, and lying from then on. */
function guest(lie: (request: Request) => string): Socket {
  const port = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      feed(chunk.toString('latin1').replaceAll('\xff', '\n'))
      done()
    },
  })
  const feed = jsonLines((value) => {
    const request = value as Request
    const text =
      request.execute === 'guest-sync-delimited' ? `{"return": ${request.arguments.id}}\n` : lie(request)
    port.push(Buffer.from(text))
  })
  return port as unknown as Socket
}

/** Everything that the supervisor asks of an agent; each must end, and by an error of ours if by one. */
async function askAll(socket: Socket): Promise<(DesktopError | undefined)[]> {
  await using agent = new GuestAgent(socket)
  const asked = [
    agent.exec(['/bin/true'], { timeoutMs: 50 }),
    agent.readFile('/etc/x'),
    agent.readStarts(['/a', '/b']),
    agent.setTime(),
    agent.ping(50),
  ]
  // What is still waited for ends with the connection.
  setTimeout(() => socket.destroy(), 150)
  const settled = await Promise.allSettled(asked)
  return settled.map((one) => {
    if (one.status === 'fulfilled') return undefined
    expect(one.reason).toBeInstanceOf(DesktopError)
    return one.reason as DesktopError
  })
}

const returns = (text: string) => (): string => `{"return": ${text}}\n`

test.each([
  ['null', () => 'null\n'],
  ['a number', () => '5\n'],
  ['no JSON', () => 'login: \n'],
  ['an empty map', () => '{}\n'],
  ['an error that is null', () => '{"error": null}\n'],
  ['an error that is a text', () => '{"error": "x"}\n'],
  ['an error of 900 kB', () => `{"error": {"desc": "${'x'.repeat(900_000)}"}}\n`],
  ['a return that is null', returns('null')],
  ['a return that is a list', returns('[]')],
  ['a pid that is a text', returns('{"pid": "1"}')],
  ['a pid of -1', returns('{"pid": -1}')],
  ['a pid of 1e400', returns('{"pid": 1e400}')],
  [
    'an end that is a text',
    ({ execute }: Request) =>
      execute === 'guest-exec' ? '{"return": {"pid": 1}}\n' : '{"return": {"exited": "yes"}}\n',
  ],
  [
    'an exit code of a million',
    ({ execute }: Request) =>
      execute === 'guest-exec'
        ? '{"return": {"pid": 1}}\n'
        : '{"return": {"exited": true, "exitcode": 1000000}}\n',
  ],
  [
    'a program that never ends',
    ({ execute }: Request) =>
      execute === 'guest-exec' ? '{"return": {"pid": 1}}\n' : '{"return": {"exited": false}}\n',
  ],
  [
    'output that is a map',
    ({ execute }: Request) =>
      execute === 'guest-exec'
        ? '{"return": {"pid": 1}}\n'
        : '{"return": {"exited": true, "out-data": {}}}\n',
  ],
  ['a handle that is a map', returns('{"x": 1}')],
  [
    'a file that never ends',
    ({ execute }: Request) =>
      execute === 'guest-file-read'
        ? '{"return": {"count": 1, "buf-b64": "YQ==", "eof": false}}\n'
        : '{"return": 7}\n',
  ],
  [
    'file contents that are null',
    ({ execute }: Request) =>
      execute === 'guest-file-read'
        ? '{"return": {"count": 1, "buf-b64": null, "eof": false}}\n'
        : '{"return": 7}\n',
  ],
  ['a line of 2 MiB', () => 'x'.repeat(2 * 2 ** 20)],
  ['a thousand replies to each request', () => '{"return": {}}\n'.repeat(1_000)],
  ['nothing', () => ''],
] as const)('%s ends the request with our own error', { timeout: 20_000 }, async (_name, lie) => {
  const errors = await askAll(guest(lie))
  for (const error of errors) {
    expect([undefined, 'vm/agent']).toContain(error?.code)
    expect(error?.message.length ?? 0).toBeLessThan(3_000)
  }
})

test('any JSON in any reply ends the request', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, wrapped) => {
      const socket = guest(() => `${JSON.stringify(wrapped ? { return: value } : value)}\n`)
      await using agent = new GuestAgent(socket)
      const timer = setTimeout(() => socket.destroy(), 30)
      const [exec, file] = await Promise.allSettled([
        agent.exec(['x'], { timeoutMs: 1 }),
        agent.readFile('/x'),
      ])
      clearTimeout(timer)
      for (const one of [exec, file])
        if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(DesktopError)
    }),
    { numRuns: 60 },
  )
})

test('replies that nobody asked for cost the connection, not memory', async () => {
  const socket = guest(() => '')
  await using agent = new GuestAgent(socket)
  for (let i = 0; i < 1_000 && !socket.destroyed; i += 1)
    (socket as Duplex).push(Buffer.from('{"return": 1}\n'.repeat(100)))
  await new Promise(setImmediate)
  expect(agent.connected).toBe(false)
})

test('lines are cut the same however they come in, and a long one is dropped up to its end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (sizes, cuts) => {
        const text = sizes.map((size) => `${JSON.stringify('x'.repeat(size))}\n`).join('')
        const seen: number[] = []
        const feed = jsonLines((value) => void seen.push(String(value).length), { maxChars: () => 100 })
        let at = 0
        for (const cut of cuts) {
          feed(text.slice(at, at + cut))
          at += cut
        }
        feed(text.slice(at))
        expect(seen).toEqual(sizes.filter((size) => size + 2 <= 100))
      },
    ),
  )
})

test('the console keeps its last 64 KiB, whatever the sizes of its writes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 200_000 })), {
        maxLength: 12,
      }),
      async (sizes) => {
        const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
        await using tty = new Console(socket as unknown as Socket)
        let all = ''
        for (const [i, size] of sizes.entries()) {
          const text = String.fromCharCode(97 + i).repeat(size)
          all += text
          socket.emit('data', Buffer.from(text))
        }
        expect(tty.tail(1)).toBe(all.slice(-65_536))
      },
    ),
    { numRuns: 30 },
  )
})

test('a log that is full is put aside and emptied under its writer, and is read from its end', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'logs-'))
  try {
    const path = join(dir, 'console.log')
    writeFileSync(path, 'old\n'.repeat(1_000), { mode: 0o600 })
    using limits = new LogLimits({
      paths: [path, join(dir, 'absent')],
      log: { warn: () => {} } as never,
      maxBytes: 100,
    })
    await limits.check()
    expect(statSync(path).size).toBe(0)
    expect(statSync(previousLog(path)).mode & 0o777).toBe(0o600)
    expect(readFileSync(previousLog(path), 'utf8')).toHaveLength(4_000)
    expect(await readEnd(previousLog(path), 8)).toEqual({ text: 'old\nold\n', from: 3_992 })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
