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
])('the engine learns of the room that a reader made, when the bytes are gone: %s', async (_, sizes) => {
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

test('the engine learns that a slow reader has taken everything, when nothing more comes', async () => {
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
