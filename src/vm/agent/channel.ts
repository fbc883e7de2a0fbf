/** Guest agent connection: replies arrive in request order without ids; resynchronised after a time-out. */
import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { DesktopError } from '../../errors/desktop-error.ts'
import { jsonLines } from '../../host/json-lines.ts'
import { Mutex } from '../../mutex.ts'

export interface Request {
  execute: string
  arguments: Readonly<Record<string, unknown>>
}

export interface Reply {
  return?: unknown
  error?: { desc?: unknown }
}

const delimiter = Uint8Array.of(0xff)
const newlineForDelimiter = (byte: number): number => (byte === 0xff ? 0x0a : byte)

const requestTimeoutMs = 15_000
/** Limit for a line; files are read in chunks of 64 KiB. */
const maxLineBytes = 2 ** 20
/** Limit for the agent's error text. */
const maxSaid = 2_000
/** Limit for unsolicited replies: of requests that timed out, or of a misbehaving guest. */
const maxUnasked = 256

export interface AskOptions {
  timeoutMs?: number
  /** Limit of a program's output, which arrives in one line. */
  maxReplyBytes?: number
}

export class AgentChannel implements AsyncDisposable {
  readonly #socket: Socket
  #waiting: ((reply: Reply) => void) | undefined
  /** Replies that arrived before a request awaited them: a chunk may contain two. */
  #inbox: Reply[] = []
  /** Serializes requests: the protocol has no ids. */
  readonly #requests = new Mutex()
  #inSync = false
  #maxLineBytes = maxLineBytes

  constructor(socket: Socket) {
    this.#socket = socket
    const take = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      if (this.#waiting !== undefined) this.#waiting(value as Reply)
      else if (this.#inbox.push(value as Reply) > maxUnasked) socket.destroy()
    }
    const feed = jsonLines(take, {
      maxChars: () => this.#maxLineBytes,
      onOverlong: () => void socket.destroy(),
    })
    const decoder = new StringDecoder('utf8')
    // guest-sync-delimited replies start with 0xff, which never occurs in UTF-8.
    socket.on('data', (chunk: Buffer) =>
      feed(decoder.write(chunk.includes(0xff) ? Buffer.from(chunk).map(newlineForDelimiter) : chunk)),
    )
  }

  get connected(): boolean {
    return !this.#socket.destroyed
  }

  /** Writes a raw line without expecting a reply. */
  send(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  /**
   * Returns the reply to a request, given as JSON text. Rejects with the agent's error.
   * @param line a function is called when the request's turn comes
   */
  async ask(line: string | (() => string), options: AskOptions = {}): Promise<unknown> {
    const [reply] = await this.#inTurn(() => [typeof line === 'string' ? line : line()], options)
    if (reply?.error !== undefined) throw new DesktopError('vm/agent', refusalOf(reply))
    return reply?.return
  }

  /** Pipelines requests; replies are in order, errors included. */
  askAll(requests: readonly Request[]): Promise<Reply[]> {
    if (requests.length === 0) return Promise.resolve([])
    return this.#inTurn(() => requests.map((one) => JSON.stringify(one)))
  }

  #inTurn(
    requests: () => readonly string[],
    { timeoutMs = requestTimeoutMs, maxReplyBytes = maxLineBytes }: AskOptions = {},
  ): Promise<Reply[]> {
    return this.#requests.run(async () => {
      await this.#synchronise(timeoutMs)
      this.#maxLineBytes = maxReplyBytes
      const lines = requests()
      try {
        return await this.#exchange(lines, timeoutMs, lines.length)
      } finally {
        this.#maxLineBytes = maxLineBytes
      }
    })
  }

  /** After a time-out a late reply may still arrive, so the next request synchronises first. */
  async #synchronise(timeoutMs: number): Promise<void> {
    if (this.#inSync) return
    const id = randomInt(1, 2 ** 31)
    // The delimiter terminates any partial line in the agent's parser.
    this.#socket.write(delimiter)
    const sync = `{"execute":"guest-sync-delimited","arguments":{"id":${id}}}`
    // An agent that sends other data without replying gets no more time than a silent one.
    const deadline = performance.now() + timeoutMs
    let [reply] = await this.#exchange([sync], timeoutMs, 1)
    while (reply?.return !== id) {
      if (performance.now() > deadline) throw new DesktopError('vm/agent', `no answer within ${timeoutMs} ms`)
      ;[reply] = await this.#exchange([], timeoutMs, 1)
    }
    this.#inSync = true
  }

  /** Sends lines, if any, and returns the next replies. */
  #exchange(lines: readonly string[], timeoutMs: number, count: number): Promise<Reply[]> {
    const early = lines.length === 0 ? this.#inbox.splice(0, count) : []
    if (early.length === count) return Promise.resolve(early)
    // Remaining replies belong to abandoned requests.
    if (lines.length > 0) this.#inbox = []
    return new Promise((resolve, reject) => {
      const replies = early
      const fail = (why: string): void => {
        clearTimeout(timer)
        this.#socket.off('close', closed)
        this.#waiting = undefined
        this.#inSync = false
        reject(new DesktopError('vm/agent', why))
      }
      const closed = (): void => fail('the connection to the guest agent is closed')
      const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs)
      if (this.#socket.destroyed) {
        closed()
        return
      }
      this.#socket.once('close', closed)
      this.#waiting = (reply) => {
        if (replies.push(reply) < count) return
        clearTimeout(timer)
        this.#socket.off('close', closed)
        this.#waiting = undefined
        resolve(replies)
      }
      if (lines.length > 0) this.#socket.write(`${lines.join('\n')}\n`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}

/** The agent's error for a request. */
export const refusalOf = ({ error }: Reply): string => String(error?.desc ?? 'refused').slice(0, maxSaid)
