/** A QEMU that was taken over says anything on its control socket: it costs that connection, and no more. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dial } from '../../src/host/dial.ts'
import { openConnections } from '../../src/vm/qemu/connections.ts'
import { Qmp, type QmpEvent } from '../../src/vm/qemu/qmp.ts'
import type { VmSpec } from '../../src/vm/spec.ts'
import { returnsToBaseline } from '../support/baseline.ts'
import { pour } from '../vm/fake/lies.ts'

returnsToBaseline()

let dir: string
let servers: Server[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'qr-'))
  servers = []
})
afterEach(async () => {
  for (const server of servers) server.close()
  await rm(dir, { recursive: true, force: true })
})

async function listen(name: string, serve: (socket: Socket) => void): Promise<string> {
  const path = join(dir, name)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    serve(socket)
  }).listen(path)
  servers.push(server)
  await once(server, 'listening')
  return path
}

/** Takes the greeting, and answers what comes after it as told; `id` stands for the command's. */
const answering = (text: string) => (socket: Socket) => {
  socket.on('data', (chunk: Buffer) => {
    for (const line of String(chunk).trim().split('\n')) {
      const { execute, id } = JSON.parse(line) as { execute: string; id: number }
      socket.write(
        execute === 'qmp_capabilities' ? `{"return":{},"id":${id}}\n` : `${text.replaceAll('ID', `${id}`)}\n`,
      )
    }
  })
}

const errors = [
  '{"id":ID,"error":null}',
  '{"id":ID,"error":7}',
  '{"id":ID,"error":"x"}',
  '{"id":ID,"error":[]}',
  '{"id":ID,"error":{"desc":null}}',
  '{"id":ID,"error":{"desc":{"toString":1,"valueOf":1}}}',
  '{"id":ID,"error":{"__proto__":null,"desc":[[[]]]}}',
]

test.each(errors)('%s is an error of that command', async (text) => {
  const path = await listen('qmp', answering(text))
  await using qmp = await Qmp.open(await dial(path, { deadlineMs: 10_000 }), () => {})
  await expect(qmp.execute('query-status')).rejects.toMatchObject({ code: 'vm/qmp' })
})

const noise = [
  'null',
  '7',
  '"x"',
  '[]',
  '[[[[[[',
  '{"id":"ID"}',
  '{"id":-1,"return":1}',
  '{"id":1e999,"return":1}',
  '{"id":{"a":1},"return":1}',
  '{"event":null}',
  '{"event":{"a":1}}',
  '{"event":"BLOCK_IO_ERROR","data":null}',
  '{"event":"BLOCK_IO_ERROR","data":7}',
  '{"event":"VSERPORT_CHANGE","data":"x"}',
  '{"event":"VSERPORT_CHANGE","data":{"open":"yes"}}',
  '{"event":"STOP","data":[]}',
  '{"event":"\u001b]0;x\u0007"}',
  '\u0000',
  '{"return":',
]

test.each(noise)('%j before an answer is passed over', async (text) => {
  const path = await listen('qmp', answering(`${text}\n{"id":ID,"return":"ok"}`))
  await using qmp = await Qmp.open(await dial(path, { deadlineMs: 10_000 }), ({ data }: QmpEvent) => {
    expect(typeof data).toBe('object')
    expect(data).not.toBeNull()
  })
  expect(await qmp.execute('query-status')).toBe('ok')
})

test.each([
  ['a line without end', 'x'.repeat(65_536)],
  ['brackets without end', '['.repeat(65_536)],
  ['events without end', `${'{"event":"STOP"}\n'.repeat(1_000)}`],
])('%s cost the connection, and little memory', async (_what, piece) => {
  const path = await listen('qmp', (socket) => {
    socket.once('data', () => {
      socket.write('{"return":{},"id":1}\n')
      pour(socket, piece)
    })
  })
  let events = 0
  const before = process.memoryUsage.rss()
  const qmp = await Qmp.open(await dial(path, { deadlineMs: 10_000 }), () => {
    events += 1
  })
  await qmp.closed
  expect(events).toBeLessThanOrEqual(2_000)
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20)
})

test.each(['null', '7', '{}', '{"status":7}', '[]', '"x"', '{"status":{"toString":1}}'])(
  'a QEMU that answers every question with %s is refused or taken, and ends nothing else',
  async (value) => {
    const qmp = await listen('qmp', answering(`{"id":ID,"return":${value}}`))
    const other = await listen('other', () => {})
    const sockets = { qmp, agent: other, console: other, link: other }
    const opened = await openConnections(
      { sockets } as unknown as VmSpec,
      { pid: process.pid } as never,
      5_000,
    ).catch((error: unknown) => error)
    if (opened instanceof Error) return
    const { agent, console, link, qmp: control } = opened as Awaited<ReturnType<typeof openConnections>>
    link.destroy()
    await control[Symbol.asyncDispose]()
    for (const one of [agent, console]) await (one as unknown as AsyncDisposable)[Symbol.asyncDispose]?.()
  },
)
