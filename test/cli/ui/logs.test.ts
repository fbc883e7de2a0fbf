import { EventEmitter } from 'node:events'
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileLog, sendLog } from '../../../src/cli/ui/logs.ts'
import { until } from '../../../src/host/until.ts'

let dir: string
let path: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ui-log-'))
  path = join(dir, 'log')
})
afterEach(() => rm(dir, { recursive: true }))

test('a log that is not there yet has nothing new', async () => {
  expect(await fileLog(path)(undefined)).toBeUndefined()
})

test('a reader gets the end of the log, then new lines', async () => {
  await writeFile(path, `${'x'.repeat(300 * 1024)}end\n`)
  const read = fileLog(path)
  let text = ''
  let at: number | undefined
  for (;;) {
    const piece = await read(at)
    if (piece === undefined) break
    at = piece.at
    text += piece.text
  }
  expect([text.length, text.slice(-4)]).toEqual([256 * 1024, 'end\n'])
  await appendFile(path, 'more\n')
  expect((await read(at))?.text).toBe('more\n')
})

test('a character in two pieces is one, and a log that became shorter is read from its start', async () => {
  const bytes = Buffer.from('a€b')
  await writeFile(path, bytes.subarray(0, 2))
  const read = fileLog(path)
  const first = await read(undefined)
  await appendFile(path, bytes.subarray(2))
  const second = await read(first?.at)
  expect(`${first?.text}${second?.text}`).toBe('a€b')
  await writeFile(path, 'new')
  expect(await read(second?.at)).toEqual({ at: 3, text: 'new' })
})

test('a client resumes at the place it has seen, and lines in the log begin no event', async () => {
  await writeFile(path, 'seen\nevent: evil\n\ndata: x\n')
  const got: string[] = []
  const response = Object.assign(new EventEmitter(), { write: (text: string) => got.push(text) > 0 })
  const done = sendLog(fileLog(path), response as unknown as ServerResponse, '5', JSON.stringify)
  await until(async () => got.length > 1, { deadlineMs: 30_000, intervalMs: 5 })
  response.emit('close')
  await done
  expect(got[1]).toBe(`id: 26\nevent: text\ndata: ${JSON.stringify('event: evil\n\ndata: x\n')}\n\n`)
})
