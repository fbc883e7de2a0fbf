import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dial } from '../../src/host/dial.ts'
import { jsonLines } from '../../src/host/json-lines.ts'
import { Qmp, type QmpEvent } from '../../src/vm/qemu/qmp.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'qmp-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

interface Request {
  execute: string
  id: number
}

/** Speaks as QEMU does; `answer` gives the lines that a command is answered with. */
async function peer(answer: (request: Request, socket: Socket) => string[]): Promise<string> {
  const path = join(dir, 'qmp.sock')
  const server = createServer((socket) => {
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n')
    const feed = jsonLines((value) => {
      for (const line of answer(value as Request, socket)) socket.write(`${line}\r\n`)
    })
    socket.setEncoding('utf8').on('data', feed)
    socket.on('close', () => server.close())
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}

test('answers go to the command that asked, whatever their order, and events to the listener', async () => {
  const held: string[] = []
  const events: QmpEvent[] = []
  const path = await peer(({ execute, id }) => {
    if (execute === 'qmp_capabilities') return [`{"return": {}, "id": ${id}}`]
    held.push(`{"return": "${execute}", "id": ${id}}`)
    if (held.length < 2) return ['{"event": "SHUTDOWN", "data": {"guest": true}, "timestamp": {}}']
    return held.reverse()
  })
  await using qmp = await Qmp.open(await dial(path, { deadlineMs: 30_000 }), (event) => events.push(event))
  expect(await Promise.all([qmp.execute('first'), qmp.execute('second')])).toEqual(['first', 'second'])
  expect(events).toEqual([{ event: 'SHUTDOWN', data: { guest: true } }])
})

test('a refusal, silence and a closed connection each reject with what happened', async () => {
  const path = await peer(({ execute, id }, socket) => {
    if (execute === 'qmp_capabilities') return [`{"return": {}, "id": ${id}}`]
    if (execute === 'bad')
      return [`{"error": {"class": "GenericError", "desc": "no such thing"}, "id": ${id}}`]
    if (execute === 'die') socket.destroy()
    return []
  })
  await using qmp = await Qmp.open(await dial(path, { deadlineMs: 30_000 }), () => {})
  await expect(qmp.execute('bad')).rejects.toMatchObject({ code: 'vm/qmp', message: 'bad: no such thing' })
  await expect(qmp.execute('mute', {}, 50)).rejects.toThrow('did not answer within 50 ms')
  await expect(qmp.execute('die')).rejects.toThrow('closed')
  await expect(qmp.execute('after')).rejects.toThrow('closed')
})

test('lines are cut the same however the bytes arrive, and text that is not JSON is passed over', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined))),
      fc.array(fc.nat(20)),
      (values, cuts) => {
        const text = values
          .map((value) => (value === undefined ? '{nonsense\n' : `${JSON.stringify(value)}\n`))
          .join('')
        const seen: unknown[] = []
        let garbage = 0
        const feed = jsonLines((value) => seen.push(value), { onGarbage: () => garbage++ })
        let at = 0
        for (const cut of cuts) {
          feed(text.slice(at, at + cut))
          at += cut
        }
        feed(text.slice(at))
        expect(seen).toEqual(values.filter((v) => v !== undefined).map((v) => JSON.parse(JSON.stringify(v))))
        expect(garbage).toBe(values.filter((v) => v === undefined).length)
      },
    ),
  )
})
