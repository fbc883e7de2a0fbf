import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { jsonLines } from '../../src/host/json-lines.ts'
import { until } from '../../src/host/until.ts'
import { GuestAgent } from '../../src/vm/agent/agent.ts'

interface Request {
  execute: string
  arguments: Record<string, unknown>
}
type Send = (text: string) => void

/** The guest's end of the port, which gets requests and sends whatever bytes the test wants. */
function guest(answer: (request: Request, send: Send) => void): Socket {
  const port = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      feed(chunk.toString('latin1').replaceAll('\xff', '\n'))
      done()
    },
  })
  const feed = jsonLines((value) =>
    answer(value as Request, (text) => port.push(Buffer.from(text, 'latin1'))),
  )
  return port as unknown as Socket
}

/** Answers synchronisation as qemu-ga does, and the rest by the test. */
function synced(answer: (request: Request, send: Send) => void): (request: Request, send: Send) => void {
  return (request, send) => {
    if (request.execute === 'guest-sync-delimited') send(`\xff{"return": ${request.arguments.id}}\n`)
    else answer(request, send)
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('exec gives exit code and both outputs, in the namespaces of the guest init', async () => {
  let polls = 0
  const seen: unknown[] = []
  const agent = new GuestAgent(
    guest(
      synced(({ execute, arguments: args }, send) => {
        if (execute === 'guest-exec') {
          seen.push(args)
          send('{"return": {"pid": 7}}\n')
        } else if (++polls < 3) send('{"return": {"exited": false}}\n')
        else
          send(
            `{"return": {"exited": true, "exitcode": 3, "out-data": "${base64('out ü')}", "err-data": "${base64('err')}"}}\n`,
          )
      }),
    ),
  )
  expect(await agent.exec(['ls', '/x'], { stdin: 'in' })).toEqual({
    exitCode: 3,
    stdout: 'out ü',
    stderr: 'err',
  })
  expect(seen).toEqual([
    {
      path: '/usr/bin/nsenter',
      arg: ['-t', '1', '-m', '-n', '-p', '-u', '-i', '--', 'ls', '/x'],
      'capture-output': true,
      'input-data': base64('in'),
    },
  ])
})

test('the answer of a request that timed out is not taken for the next one', async () => {
  const late: (() => void)[] = []
  const agent = new GuestAgent(
    guest((request, send) => {
      if (request.execute === 'guest-sync-delimited') {
        for (const answer of late.splice(0)) answer()
        send(`\xff{"return": ${request.arguments.id}}\n`)
      } else if (request.execute === 'guest-ping') late.push(() => send('{"return": "stale"}\n'))
      else send('{"error": {"desc": "no such command"}}\n')
    }),
  )
  expect(await agent.ping(30)).toBe(false)
  await expect(agent.setTime()).rejects.toMatchObject({ code: 'vm/agent', message: 'no such command' })
})

test('the time that the guest gets is that of the moment at which it is asked to set it', async () => {
  let answerPing = (): void => {}
  let given = 0
  const agent = new GuestAgent(
    guest(
      synced(({ execute, arguments: args }, send) => {
        if (execute === 'guest-set-time') given = Number(args.time) / 1e6
        const answer = (): void => send('{"return": {}}\n')
        if (execute === 'guest-ping') answerPing = answer
        else answer()
      }),
    ),
  )
  const pinged = agent.ping(15_000)
  const set = agent.setTime()
  const asked = Date.now()
  await until(async () => Date.now() > asked + 50, { deadlineMs: 5_000 })
  answerPing()
  await Promise.all([pinged, set])
  expect(given).toBeGreaterThan(asked + 49)
})

test('a closed port rejects pending and later calls', async () => {
  const port = guest(synced(() => {}))
  const agent = new GuestAgent(port)
  const waiting = agent.exec(['true'])
  setImmediate(() => port.destroy())
  await expect(waiting).rejects.toMatchObject({ code: 'vm/agent' })
  await expect(agent.exec(['true'])).rejects.toMatchObject({ code: 'vm/agent' })
  expect(agent.connected).toBe(false)
})

/** qemu-ga with these files: an answer for each request, in order. */
function guestWith(files: Readonly<Record<string, string>>): { agent: GuestAgent; seen: string[] } {
  const open: string[] = []
  const seen: string[] = []
  const answer = ({ execute, arguments: args }: Request, send: Send): void => {
    seen.push(execute.replace('guest-file-', ''))
    const text = files[open[Number(args.handle)] ?? ''] ?? ''
    if (execute === 'guest-file-close') send('{"return": {}}\n')
    else if (execute === 'guest-file-read') {
      const part = text.slice(0, Number(args.count))
      const eof = part.length === text.length
      send(`{"return": {"count": ${part.length}, "buf-b64": "${base64(part)}", "eof": ${eof}}}\n`)
    } else if (files[String(args.path)] === undefined)
      send(`{"error": {"desc": "failed to open file '${args.path}': No such file or directory"}}\n`)
    else send(`{"return": ${open.push(String(args.path)) - 1}}\n`)
  }
  return { agent: new GuestAgent(guest(synced(answer))), seen }
}

test('many files are read without waiting for each, and every handle is closed', async () => {
  const { agent, seen } = guestWith({ '/a': 'one ü', '/b': '', '/c': 'x'.repeat(70_000) })
  expect(await agent.readStarts(['/a', '/none', '/b', '/c'])).toEqual([
    { state: 'present', value: { text: 'one ü', whole: true } },
    { state: 'absent' },
    { state: 'present', value: { text: '', whole: true } },
    { state: 'present', value: { text: 'x'.repeat(65_536), whole: false } },
  ])
  expect(await agent.readStarts([])).toEqual([])
  // Nobody waits for the closes, and what is asked next comes after them.
  await agent.ping(15_000)
  expect(seen.join(' ')).toMatch(/^open open open open read read read close close close/)
})

test('text beyond ASCII reaches the agent as UTF-8, and comes back as it was', async () => {
  const bytes: number[] = []
  const port = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      bytes.push(...chunk)
      feed(Buffer.from(chunk.map((byte) => (byte === 0xff ? 0x0a : byte))).toString('utf8'))
      done()
    },
  })
  const feed = jsonLines((value) => {
    const { execute, arguments: args } = value as Request
    if (execute === 'guest-sync-delimited')
      port.push(Buffer.concat([Uint8Array.of(0xff), Buffer.from(`{"return": ${args.id}}\n`)]))
    else {
      const reply = Buffer.from(`{"error": {"desc": "no file 'ü€😀'"}}\n`)
      // Cut inside of a character.
      port.push(reply.subarray(0, 26))
      port.push(reply.subarray(26))
    }
  })
  const agent = new GuestAgent(port as unknown as Socket)
  await expect(agent.exec(['echo', 'ü€😀'])).rejects.toMatchObject({ message: "no file 'ü€😀'" })
  expect(Buffer.from(bytes).includes(Buffer.from('"ü€😀"'))).toBe(true)
})

test('bytes that are not text pass exec unchanged both ways', async () => {
  const sent = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  const agent = new GuestAgent(
    guest(
      synced(({ execute, arguments: args }, send) => {
        if (execute === 'guest-exec') {
          expect(Buffer.from(String(args['input-data']), 'base64')).toEqual(sent)
          send('{"return": {"pid": 7}}\n')
        } else send(`{"return": {"exited": true, "exitcode": 0, "out-data": "${sent.toString('base64')}"}}\n`)
      }),
    ),
  )
  const { stdout } = await agent.exec(['cat'], { stdin: sent.toString('base64'), encoding: 'base64' })
  expect(Buffer.from(stdout, 'base64')).toEqual(sent)
})
