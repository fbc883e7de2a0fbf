/** SOCKS5 (RFC 1928) for one client: CONNECT without authentication, to addresses and names. */
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import { DesktopError } from '../errors/desktop-error.ts'

export type DialName = (host: string, port: number) => Promise<Duplex>

const version = 5
const noAuthentication = 0
const noMethod = 0xff
const connect = 1
/** Deadline for the complete request. */
const patienceMs = 10_000

/** Section 6. */
const reply = {
  succeeded: 0,
  failed: 1,
  notAllowed: 2,
  hostUnreachable: 4,
  refused: 5,
  noSuchCommand: 7,
  noSuchAddressType: 8,
} as const

class Refused extends Error {
  readonly code: number

  constructor(code: number) {
    super(`SOCKS reply ${code}`)
    this.code = code
  }
}

/** Connects the client to its destination; errors close only that connection. */
export async function serveSocks(client: Duplex, dial: DialName): Promise<void> {
  client.on('error', () => {})
  const timer = setTimeout(() => client.destroy(), patienceMs)
  let target: Duplex
  try {
    const { host, port } = await readRequest(client)
    target = await dial(host, port)
  } catch (error) {
    // Disconnects a client that does not close in time.
    client.once('close', () => clearTimeout(timer))
    if (!client.destroyed) client.resume().end(answer(codeOf(error)))
    return
  }
  clearTimeout(timer)
  if (client.destroyed) {
    target.destroy()
    return
  }
  client.write(answer(reply.succeeded))
  pipeline(client, target, () => {})
  pipeline(target, client, () => {})
}

/** Sections 3 and 4. Bytes after the request stay in the stream. */
async function readRequest(client: Duplex): Promise<{ host: string; port: number }> {
  await using bytes = new Bytes(client)
  const [greeted = 0, methods = 0] = await bytes.take(2)
  if (greeted !== version) throw new Refused(reply.failed)
  if (!(await bytes.take(methods)).includes(noAuthentication)) {
    client.write(Uint8Array.of(version, noMethod))
    throw new Refused(reply.notAllowed)
  }
  client.write(Uint8Array.of(version, noAuthentication))
  const [, command, , type] = await bytes.take(4)
  if (command !== connect) throw new Refused(reply.noSuchCommand)
  const host = await readHost(bytes, type ?? 0)
  return { host, port: (await bytes.take(2)).readUInt16BE() }
}

async function readHost(bytes: Bytes, type: number): Promise<string> {
  switch (type) {
    case 1:
      return (await bytes.take(4)).join('.')
    case 3: {
      const [length = 0] = await bytes.take(1)
      return (await bytes.take(length)).toString('latin1')
    }
    case 4: {
      const words = await bytes.take(16)
      return Array.from({ length: 8 }, (_, i) => words.readUInt16BE(2 * i).toString(16)).join(':')
    }
    default:
      throw new Refused(reply.noSuchAddressType)
  }
}

/** Reads exact byte counts from a stream; on disposal, unread bytes are returned to the stream. */
class Bytes implements AsyncDisposable {
  readonly #stream: Duplex
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(stream: Duplex) {
    this.#stream = stream
    this.#chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  }

  /** Rejects if the stream ends early. */
  async take(count: number): Promise<Buffer> {
    while (this.#held.length < count) {
      const { value, done } = await this.#chunks.next()
      if (done === true) throw new Refused(reply.failed)
      this.#held = Buffer.concat([this.#held, value])
    }
    const taken = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    return taken
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.()
    if (this.#held.length > 0 && !this.#stream.destroyed) this.#stream.unshift(this.#held)
  }
}

/** The bound address is irrelevant to clients: 0.0.0.0:0. */
const answer = (code: number): Uint8Array => Uint8Array.of(version, code, 0, 1, 0, 0, 0, 0, 0, 0)

function codeOf(error: unknown): number {
  if (error instanceof Refused) return error.code
  if (!(error instanceof DesktopError)) return reply.failed
  if (error.code === 'tunnel/unknown-host') return reply.hostUnreachable
  if (error.code === 'tunnel/outside') return reply.notAllowed
  return error.code === 'tunnel/refused' ? reply.refused : reply.failed
}
