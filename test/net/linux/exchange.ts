/** Transfers in both directions of a connection, hashed, with either end half-closing first. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'

/** `first`: sends and ends, then reads. `last`: reads to the end, then sends. `both`: at once. */
export type Order = 'first' | 'last' | 'both'

export type Pair = readonly [Order, Order]

/**
 * Concurrent activity of both ends. If one end sends before it reads and the other does both, the first one's
 * window closes while its own data is still unacknowledged.
 */
export const pairs: readonly Pair[] = [
  ['first', 'last'],
  ['last', 'first'],
  ['both', 'both'],
  ['first', 'both'],
  ['both', 'first'],
]

export interface Hashes {
  sent: string
  got: string
}

/** Sends this many bytes, in blocks that all differ, and reads to the end. Rejects with the socket's error. */
export async function exchange(socket: Socket, order: Order, bytes: number): Promise<Hashes> {
  const failed = new Promise<never>((_resolve, reject) => socket.once('error', reject))
  const done = run(socket, order, bytes)
  done.catch(() => {})
  return await Promise.race([done, failed])
}

async function run(socket: Socket, order: Order, bytes: number): Promise<Hashes> {
  if (order === 'both') {
    const [sent, got] = await Promise.all([send(socket, bytes), receive(socket)])
    return { sent, got }
  }
  if (order === 'first') {
    const sent = await send(socket, bytes)
    return { sent, got: await receive(socket) }
  }
  const got = await receive(socket)
  return { sent: await send(socket, bytes), got }
}

async function send(socket: Socket, bytes: number): Promise<string> {
  const hash = createHash('sha1')
  for (let at = 0; at < bytes; at += blockBytes) {
    const block = Buffer.alloc(
      Math.min(blockBytes, bytes - at),
      `block at ${at} of ${bytes}, ${process.pid}. `,
    )
    hash.update(block)
    if (!socket.write(block)) await once(socket, 'drain')
  }
  socket.end()
  return hash.digest('hex')
}

async function receive(socket: Socket): Promise<string> {
  const hash = createHash('sha1')
  socket.on('data', (chunk: Buffer) => hash.update(chunk))
  if (!socket.readableEnded) await once(socket, 'end')
  return hash.digest('hex')
}

const blockBytes = 65_521
