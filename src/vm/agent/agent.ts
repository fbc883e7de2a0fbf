/** QEMU guest agent client (QEMU docs/interop/qemu-ga-ref): one request at a time over a virtio-serial port. */
import { randomInt } from 'node:crypto'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors.ts'
import { jsonLines } from '../../host/json-lines.ts'
import type { ExecOptions, ExecResult } from '../../supervisor/api.ts'

interface Reply {
  return?: unknown
  error?: { desc?: unknown }
}

interface FileRead {
  count: number
  'buf-b64': string
  eof: boolean
}

const readBytes = 64 * 1024
const maxReads = 16

const requestTimeoutMs = 15_000
/** An emulated guest takes long to start a program; polling starts quick and slows down. */
const pollMs = { first: 15, factor: 1.4, most: 200 }

export class GuestAgent implements AsyncDisposable {
  readonly #socket: Socket
  #waiting: ((reply: Reply) => void) | undefined
  /** Replies that came before anybody waited for them: two may arrive in one chunk. */
  #inbox: Reply[] = []
  /** Requests wait for each other: the protocol has no ids. */
  #queue: Promise<unknown> = Promise.resolve()
  #inSync = false

  constructor(socket: Socket) {
    this.#socket = socket
    const feed = jsonLines((value) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      if (waiting === undefined) this.#inbox.push(value as Reply)
      else waiting(value as Reply)
    })
    // guest-sync-delimited answers with 0xff first, which is never part of JSON text.
    socket.on('data', (chunk: Buffer) => feed(chunk.toString('latin1').replaceAll('\xff', '\n')))
  }

  get connected(): boolean {
    return !this.#socket.destroyed
  }

  /** Whether the agent in the guest answers right now. */
  async ping(timeoutMs: number): Promise<boolean> {
    try {
      await this.#request('guest-ping', {}, timeoutMs)
      return true
    } catch {
      return false
    }
  }

  /** Asks the guest's init for an orderly shutdown; there is no answer when it works. */
  shutdown(): void {
    this.#socket.write('{"execute":"guest-shutdown","arguments":{"mode":"powerdown"}}\n')
  }

  /** Sets the guest's clock to the host's. */
  async setTime(nanoseconds: bigint): Promise<void> {
    // JSON numbers of this size are exact only as text.
    await this.#exclusive(() => this.#raw(`{"execute":"guest-set-time","arguments":{"time":${nanoseconds}}}`))
  }

  /** Runs a program in the namespaces of the guest's init, whatever the agent itself runs in. */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const timeoutMs = options.timeoutMs ?? 60_000
    const deadline = Date.now() + timeoutMs
    const started = (await this.#request('guest-exec', {
      path: '/usr/bin/nsenter',
      arg: ['-t', '1', '-m', '-n', '-p', '-u', '-i', '--', ...argv],
      'capture-output': true,
      ...(options.stdin === undefined ? {} : { 'input-data': Buffer.from(options.stdin).toString('base64') }),
    })) as { pid: number }
    for (let wait = pollMs.first; ; wait = Math.min(wait * pollMs.factor, pollMs.most)) {
      const status = (await this.#request('guest-exec-status', { pid: started.pid })) as ExecStatus
      if (status.exited) return outcome(status)
      if (Date.now() >= deadline) {
        throw new DesktopError('vm/agent', `${argv[0]} did not end within ${timeoutMs} ms in the guest`)
      }
      await sleep(wait)
    }
  }

  /** The start of a file, as text, at most 1 MiB; no program is started for it, so that it takes milliseconds. */
  async readFile(path: string): Promise<string> {
    const handle = await this.#request('guest-file-open', { path, mode: 'r' })
    try {
      const parts: Buffer[] = []
      for (let eof = false; !eof && parts.length < maxReads; ) {
        const read = (await this.#request('guest-file-read', { handle, count: readBytes })) as FileRead
        parts.push(Buffer.from(read['buf-b64'], 'base64'))
        eof = read.eof || read.count === 0
      }
      return Buffer.concat(parts).toString('utf8')
    } finally {
      await this.#request('guest-file-close', { handle })
    }
  }

  #request(
    command: string,
    args: Readonly<Record<string, unknown>>,
    timeoutMs: number = requestTimeoutMs,
  ): Promise<unknown> {
    return this.#exclusive(() => this.#raw(JSON.stringify({ execute: command, arguments: args }), timeoutMs))
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task, task)
    this.#queue = result.catch(() => {})
    return result
  }

  /** After a time-out the late answer may still come, so the next request synchronises first. */
  async #raw(line: string, timeoutMs: number = requestTimeoutMs): Promise<unknown> {
    if (!this.#inSync) {
      const id = randomInt(1, 2 ** 31)
      let reply = await this.#exchange(
        `\xff{"execute":"guest-sync-delimited","arguments":{"id":${id}}}`,
        timeoutMs,
      )
      while (reply.return !== id) reply = await this.#exchange(undefined, timeoutMs)
      this.#inSync = true
    }
    const reply = await this.#exchange(line, timeoutMs)
    if (reply.error !== undefined) throw new DesktopError('vm/agent', String(reply.error.desc))
    return reply.return
  }

  /** Sends a line, if there is one, and takes the next reply. */
  #exchange(line: string | undefined, timeoutMs: number): Promise<Reply> {
    const early = line === undefined ? this.#inbox.shift() : undefined
    if (early !== undefined) return Promise.resolve(early)
    // Whatever is left answers a request that nobody waits for any more.
    if (line !== undefined) this.#inbox = []
    return new Promise((resolve, reject) => {
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
        clearTimeout(timer)
        this.#socket.off('close', closed)
        resolve(reply)
      }
      if (line !== undefined) this.#socket.write(`${line}\n`, 'latin1')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}

interface ExecStatus {
  exited: boolean
  exitcode?: number
  signal?: number
  'out-data'?: string
  'err-data'?: string
}

function outcome(status: ExecStatus): ExecResult {
  const text = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString('utf8')
  return {
    exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: text(status['out-data']),
    stderr: text(status['err-data']),
  }
}
