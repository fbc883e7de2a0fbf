/** The line to the guest agent: requests and their replies in order, without ids, in step again after a time-out. */
import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors.ts'
import { jsonLines } from '../../host/json-lines.ts'
import { Turns } from '../../turns.ts'

export interface Request {
  execute: string
  arguments: Readonly<Record<string, unknown>>
}

export interface Reply {
  return?: unknown
  error?: { desc?: unknown }
}

export const requestTimeoutMs = 15_000

export class AgentChannel implements AsyncDisposable {
  readonly #socket: Socket
  #waiting: ((reply: Reply) => void) | undefined
  /** Replies that came before anybody waited for them: two may arrive in one chunk. */
  #inbox: Reply[] = []
  /** Requests wait for each other: the protocol has no ids. */
  readonly #requests = new Turns()
  #inSync = false

  constructor(socket: Socket) {
    this.#socket = socket
    const feed = jsonLines((value) => {
      if (this.#waiting === undefined) this.#inbox.push(value as Reply)
      else this.#waiting(value as Reply)
    })
    // guest-sync-delimited answers with 0xff first, which is never part of JSON text.
    socket.on('data', (chunk: Buffer) => feed(chunk.toString('latin1').replaceAll('\xff', '\n')))
  }

  get connected(): boolean {
    return !this.#socket.destroyed
  }

  /** Written as it is, with no answer to wait for. */
  send(line: string): void {
    this.#socket.write(`${line}\n`)
  }

  /** The answer of one request, given as JSON text. Rejects with what the agent says against it. */
  async ask(line: string, timeoutMs: number = requestTimeoutMs): Promise<unknown> {
    const [reply] = await this.#inTurn([line], timeoutMs)
    if (reply?.error !== undefined) throw new DesktopError('vm/agent', String(reply.error.desc))
    return reply?.return
  }

  /** Sent without waiting in between; the replies in their order, refusals among them. */
  askAll(requests: readonly Request[]): Promise<Reply[]> {
    if (requests.length === 0) return Promise.resolve([])
    return this.#inTurn(
      requests.map((one) => JSON.stringify(one)),
      requestTimeoutMs,
    )
  }

  #inTurn(lines: readonly string[], timeoutMs: number): Promise<Reply[]> {
    return this.#requests.take(async () => {
      await this.#synchronise(timeoutMs)
      return await this.#exchange(lines, timeoutMs, lines.length)
    })
  }

  /** After a time-out the late answer may still come, so the next request synchronises first. */
  async #synchronise(timeoutMs: number): Promise<void> {
    if (this.#inSync) return
    const id = randomInt(1, 2 ** 31)
    const sync = `\xff{"execute":"guest-sync-delimited","arguments":{"id":${id}}}`
    let [reply] = await this.#exchange([sync], timeoutMs, 1)
    while (reply?.return !== id) [reply] = await this.#exchange([], timeoutMs, 1)
    this.#inSync = true
  }

  /** Sends lines, if there are any, and takes the next replies. */
  #exchange(lines: readonly string[], timeoutMs: number, count: number): Promise<Reply[]> {
    const early = lines.length === 0 ? this.#inbox.splice(0, count) : []
    if (early.length === count) return Promise.resolve(early)
    // Whatever is left answers a request that nobody waits for any more.
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
      if (lines.length > 0) this.#socket.write(`${lines.join('\n')}\n`, 'latin1')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}
