import { expect, test } from 'vitest'
import type { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { GuestStream } from '../../../../src/net/host/tcp/guest-stream.ts'
import type { TcpConnection } from '../../../../src/net/tcp/connection.ts'

/** A stream, and how many bytes waited in it each time that the engine was told of room. */
function streamOf(): { stream: GuestStream; waiting: number[] } {
  const waiting: number[] = []
  const tcp = { hostDrained: () => void waiting.push(stream.hostEnd.queuedBytes), hostReset: () => {} }
  const run = (event: (stack: unknown) => void) => event({ tcp })
  const loop = { begin: () => ({ tcp }), end: () => {}, run } as unknown as EventLoop
  const stream = new GuestStream(loop, () => {})
  stream.connection = {} as TcpConnection
  return { stream, waiting }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test.each([
  ['all at once', [1_000_000]],
  ['in parts', [400_000, 400_000, 200_000]],
])('the engine is notified of free space when bytes were read: %s', async (_, sizes) => {
  const { stream, waiting } = streamOf()
  for (let i = 0; i < 16; i += 1) stream.hostEnd.write(Buffer.alloc(62_500), 0, 62_500)
  await turn()
  let left = 1_000_000
  for (const size of sizes) {
    expect(stream.read(size)).toHaveLength(size)
    await turn()
    left -= size
    expect(waiting.at(-1)).toBe(left)
  }
  stream.destroy()
})

test('the engine is notified when a slow reader has consumed everything and no data follows', async () => {
  const { stream, waiting } = streamOf()
  for (let i = 0; i < 16; i += 1) stream.hostEnd.write(Buffer.alloc(62_500), 0, 62_500)
  let taken = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    taken += chunk.length
    await turn()
    if (taken === 1_000_000) break
  }
  await turn()
  expect(waiting.at(-1)).toBe(0)
})

/** A lending stream, and the chunks that its borrower has received. */
function lending(): {
  stream: GuestStream
  chunks: Buffer[]
  release: () => void
  send: (text: string) => void
} {
  const { stream } = streamOf()
  const chunks: Buffer[] = []
  let isHolding = false
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    isHolding = true
  })
  stream.lend({
    get isHolding() {
      return isHolding
    },
  })
  const release = (): void => {
    isHolding = false
    stream.giveBack()
  }
  const send = (text: string): void => stream.hostEnd.write(Buffer.from(text), 0, text.length)
  return { stream, chunks, release, send }
}

test('a lent chunk is unchanged until it is returned, and bytes received meanwhile form the next one', async () => {
  const { chunks, release, send, stream } = lending()
  await turn()
  for (const text of ['one', 'two', 'three']) send(text)
  expect(chunks.map(String)).toEqual(['one'])
  expect(stream.hostEnd.queuedBytes).toBe('twothree'.length)
  release()
  expect(chunks.map(String)).toEqual(['one', 'twothree'])
  const [first] = chunks
  send('four')
  release()
  // The memory of the first chunk was reused.
  expect(chunks[2]!.buffer).toBe(first!.buffer)
  expect(chunks.slice(1).map(String)).toEqual(['twothree', 'four'])
})

test('the end of a lending stream follows the last chunk', async () => {
  const { chunks, release, send, stream } = lending()
  await turn()
  let isEnded = false
  stream.once('end', () => {
    isEnded = true
  })
  send('one')
  send('two')
  stream.hostEnd.end()
  await turn()
  expect([chunks.length, isEnded]).toEqual([1, false])
  release()
  await turn()
  expect([chunks.map(String), isEnded]).toEqual([['one', 'two'], true])
})

test('when a loan ends, or the guest resets, remaining data belongs to the reader', async () => {
  for (const end of ['lend', 'reset'] as const) {
    const { chunks, send, stream } = lending()
    await turn()
    stream.on('error', () => {})
    send('one')
    send('two')
    if (end === 'lend') stream.lend(undefined)
    else stream.hostEnd.reset()
    expect(chunks.map(String)).toEqual(['one', 'two'])
    stream.destroy()
  }
})
