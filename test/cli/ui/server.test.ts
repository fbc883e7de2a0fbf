/** The page's HTTP server with real sockets: its responses, and its cost. */
import { EventEmitter } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { Live } from '../../../src/cli/live/live.ts'
import { LiveEvents } from '../../../src/cli/ui/events.ts'
import { until } from '../../../src/host/until.ts'
import { live, serve } from './serve-page.ts'

test('every answer, a refusal too, has the policy and is kept by no cache', async () => {
  await using served = await serve()
  const headers = await served.enter()
  for (const path of ['/', '/data/names', '/data/none', '/nothing'])
    expect((await served.ask(path, { headers })).headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    })
})

test('the token opens the data once', async () => {
  await using served = await serve()
  expect((await served.ask('/data/names')).statusCode).toBe(401)
  const origin = `http://127.0.0.1:${served.server.port}`
  const wrong = await served.ask('/session', {
    method: 'POST',
    headers: { origin },
    body: 'x'.repeat(100_000),
  })
  expect(wrong.statusCode).toBe(403)
  const headers = await served.enter()
  expect((await served.ask('/data/names', { headers })).statusCode).toBe(200)
  const again = await served.ask('/session', {
    method: 'POST',
    headers: { origin },
    body: served.server.token,
  })
  expect(again.statusCode).toBe(403)
})

test('data is JSON whatever is in it, and an error is one as well', async () => {
  await using served = await serve()
  const headers = await served.enter()
  const data = await served.ask('/data/names', { headers })
  expect(data.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(JSON.parse(await textOf(data))).toEqual({ evil: '</script><script>alert(1)</script>' })
  const bad = await served.ask('/data/bad', { headers })
  expect(bad.statusCode).toBe(500)
  expect(JSON.parse(await textOf(bad))).toMatchObject({ code: 'internal/bug', message: 'no' })
})

test('names of Object.prototype are not views', async () => {
  await using served = await serve()
  const headers = await served.enter()
  for (const path of ['/data/constructor', '/events/valueof', '/data/hasOwnProperty'])
    expect((await served.ask(path, { headers })).statusCode).toBe(404)
})

/** Reads events until one matches. */
async function eventIn(stream: IncomingMessage, wanted: RegExp): Promise<string> {
  let all = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    all += chunk
    const found = all.split('\n\n').find((event) => wanted.test(`${event}\n`))
    if (found !== undefined) {
      stream.destroy()
      return found
    }
  }
  throw new Error(`the stream ended: ${all}`)
}

test('samples are taken while someone listens and no longer, and one that comes back gets what it missed', async () => {
  await using served = await serve()
  const headers = await served.enter()
  expect(served.looks()).toBe(0)
  const third = await eventIn(await served.ask('/events/live', { headers }), /^id: 3\n/m)
  expect(JSON.parse(/^data: (.*)$/m.exec(third)?.[1] ?? '')).toMatchObject({
    vm: 'running',
    point: { id: 3 },
  })
  let before = -1
  await until(
    async () => {
      const isStill = served.looks() === before
      before = served.looks()
      return isStill
    },
    { deadlineMs: 30_000, intervalMs: 100 },
  )
  const back = await served.ask('/events/live', { headers: { ...headers, 'last-event-id': '1' } })
  const missed = JSON.parse(/^data: (.*)$/m.exec(await eventIn(back, /^event: points/m))?.[1] ?? '') as {
    id: number
  }[]
  expect(missed.slice(0, 2).map(({ id }) => id)).toEqual([2, 3])
})

test('a supervisor that does not answer is an event, and sampling continues', async () => {
  let fails = true
  await using served = await serve({ port: 0 }, async () => {
    if (fails) throw new Error('gone')
    return live
  })
  const headers = await served.enter()
  expect(await eventIn(await served.ask('/events/live', { headers }), /^event: failure/m)).toContain('gone')
  fails = false
  await eventIn(await served.ask('/events/live', { headers }), /^event: live/m)
})

test('the first client gets the sample of the start at once, and its rates count from there', async () => {
  let answered = 0
  const events = new LiveEvents({
    look: () => {
      answered += 1
      // Only the first sample is answered.
      return answered === 1 ? Promise.resolve(live) : new Promise<Live>(() => {})
    },
    text: JSON.stringify,
    intervalMs: 1,
  })
  events.begin()
  for (const _ of ['while the look is under way', 'after it']) {
    const got: string[] = []
    const client = { writableLength: 0, write: (text: string) => got.push(text) }
    events.add(Object.assign(new EventEmitter(), client) as unknown as ServerResponse, 0)
    await until(async () => got.some((text) => text.includes('event: live')), {
      deadlineMs: 30_000,
      intervalMs: 5,
    })
    // No chart point, because there are no rates yet.
    expect(got.join('')).not.toContain('"point"')
  }
})

test('a client that does not read misses samples, and the others get them', async () => {
  const client = (writableLength: number): ServerResponse & { got: string[] } => {
    const got: string[] = []
    const response = Object.assign(new EventEmitter(), {
      got,
      writableLength,
      write: (text: string) => got.push(text),
    })
    return response as unknown as ServerResponse & { got: string[] }
  }
  const events = new LiveEvents({ look: async () => live, text: JSON.stringify, intervalMs: 1 })
  const [stuck, quick] = [client(1_000_000), client(0)]
  events.add(stuck, 0)
  events.add(quick, 0)
  await until(async () => quick.got.length > 5, { deadlineMs: 30_000, intervalMs: 5 })
  for (const one of [stuck, quick]) one.emit('close')
  expect(stuck.got.filter((text) => text.includes('event: live'))).toEqual([])
})

test('a port in use is an error with a hint', async () => {
  await using served = await serve()
  await expect(serve({ port: served.server.port ?? 0 })).rejects.toMatchObject({ code: 'cli/usage' })
})

test('a unix socket is for its user only, and is gone with the server', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ui-'))
  const socket = join(dir, 'ui.sock')
  {
    await using served = await serve({ socket })
    expect((await stat(socket)).mode & 0o777).toBe(0o600)
    const headers = await served.enter()
    expect((await served.ask('/data/names', { headers })).statusCode).toBe(200)
  }
  await expect(stat(socket)).rejects.toThrow('ENOENT')
  await rm(dir, { recursive: true })
})

test('the server ends at once though a page listens', async () => {
  const served = await serve()
  const headers = await served.enter()
  const stream = await served.ask('/events/live', { headers })
  stream.on('error', () => {})
  stream.resume()
  await served[Symbol.asyncDispose]()
  await expect(served.ask('/')).rejects.toThrow('ECONNREFUSED')
})
