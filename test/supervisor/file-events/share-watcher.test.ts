import { writeFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../../../src/host/until.ts'
import { ShareWatcher } from '../../../src/supervisor/file-events/share-watcher.ts'

/** Plays the guest: keeps the requests, and answers them when the test says so. */
class Guest {
  readonly #stream: Duplex
  received = ''

  constructor(stream: Duplex) {
    this.#stream = stream
    stream.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1')
    })
  }

  answer(): void {
    this.#stream.write('done\n')
  }

  close(): void {
    this.#stream.destroy()
  }

  async receives(text: string): Promise<void> {
    await until(async () => this.received.includes(text), { deadlineMs: 20_000, intervalMs: 2 }).catch(() => {
      throw new Error(`no ${text} in ${JSON.stringify(this.received)}`)
    })
  }
}

describe.runIf(process.platform === 'linux')('the watcher of a share', () => {
  let dir: string
  let watcher: ShareWatcher
  let guests: Guest[]
  const write = (name: string): void => writeFileSync(join(dir, name), 'x')
  const guest = (index: number): Promise<Guest> =>
    until(async () => guests[index], { deadlineMs: 20_000, intervalMs: 2 })

  async function start(options: { answerMs?: number } = {}): Promise<void> {
    guests = []
    watcher = new ShareWatcher({
      tag: 'share3',
      root: await open(dir),
      writable: true,
      most: 10,
      dial: async () => {
        const [host, far] = duplexPair()
        guests.push(new Guest(far))
        return host
      },
      ...options,
    })
    await until(async () => watcher.state.folders === 1, { deadlineMs: 20_000, intervalMs: 2 })
  }

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'watcher-'))
    await start()
  })
  afterEach(async () => {
    await watcher[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  test('names the share, then sends changes in one batch, and the next batch after the answer', async () => {
    const first = await guest(0)
    await first.receives('share3\n')
    write('a')
    write('b')
    first.answer()
    await first.receives('./a\0./b\0./a\0./b\0')
    first.received = ''
    write('c')
    write('d')
    expect(first.received).toBe('')
    first.answer()
    await first.receives('8 8 0\n./c\0./d\0./c\0./d\0')
  })

  test('sends a file once that changed often while the guest was behind', async () => {
    const first = await guest(0)
    await first.receives('share3\n')
    for (let edit = 0; edit < 50; edit += 1) for (const name of ['a', 'b']) write(name)
    first.answer()
    await first.receives('8 8 0\n./a\0./b\0./a\0./b\0')
    first.received = ''
    for (let edit = 0; edit < 50; edit += 1) {
      for (const name of ['a', 'b']) write(name)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(first.received).toBe('')
    first.answer()
    await first.receives('0 8 0\n./a\0./b\0')
    first.received = ''
    first.answer()
    write('end')
    await first.receives('6 6 0\n./end\0./end\0')
    expect(first.received).toBe('6 6 0\n./end\0./end\0')
  })

  test('sends a batch again that the guest did not answer before its connection ended', async () => {
    const first = await guest(0)
    first.answer()
    write('a')
    await first.receives('./a\0')
    first.close()
    write('late')
    const second = await guest(1)
    second.answer()
    await second.receives('./a\0')
    await second.receives('./late\0')
  })

  test('reports a guest that ends each connection, until it answers', async () => {
    for (let i = 0; watcher.state.problem === undefined; i += 1) (await guest(i)).close()
    expect(watcher.state.problem).toMatch(/the VM ends the connection; `desktop logs/)
    const answering = guests.length
    guests.at(-1)?.close()
    ;(await guest(answering)).answer()
    await until(async () => watcher.state.problem === undefined, { deadlineMs: 20_000, intervalMs: 2 })
  })

  test('reports a guest that does not answer a batch, until it answers that batch on a new connection', async () => {
    await watcher[Symbol.asyncDispose]()
    await start({ answerMs: 1_500 })
    const first = await guest(0)
    first.answer()
    write('a')
    await first.receives('./a\0')
    const second = await guest(1)
    expect(watcher.state.problem).toMatch(/does not answer; the file server of this share may hang/)
    second.answer()
    await second.receives('./a\0')
    expect(watcher.state.problem).toBeDefined()
    second.answer()
    await until(async () => watcher.state.problem === undefined, { deadlineMs: 20_000, intervalMs: 2 })
  })

  test('sends nothing while nothing changes, and ends with its connection open', async () => {
    const first = await guest(0)
    first.answer()
    write('a')
    await first.receives('./a\0')
    first.received = ''
    first.answer()
    await watcher[Symbol.asyncDispose]()
    expect(first.received).toBe('')
    expect(guests).toHaveLength(1)
  })
})
