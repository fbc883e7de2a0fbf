/** QEMU guest agent client (QEMU docs/interop/qemu-ga-ref): one request at a time over a virtio-serial port. */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors.ts'
import { absent, present, type Reading, unknown } from '../../reading.ts'
import { AgentChannel, type Reply, requestTimeoutMs } from './channel.ts'

interface FileRead {
  count: number
  'buf-b64': string
  eof: boolean
}

export interface FileStart {
  text: string
  /** There is nothing after it. */
  whole: boolean
}

export interface ExecOptions {
  stdin?: string
  timeoutMs?: number
}

export interface ExecResult {
  /** 128 + n when signal n ended it. */
  exitCode: number
  stdout: string
  stderr: string
}

const readBytes = 64 * 1024
const maxReads = 16

/** An emulated guest takes long to start a program; polling starts quick and slows down. */
const pollMs = { first: 15, factor: 1.4, most: 200 }

export class GuestAgent implements AsyncDisposable {
  readonly #channel: AgentChannel

  constructor(socket: Socket) {
    this.#channel = new AgentChannel(socket)
  }

  get connected(): boolean {
    return this.#channel.connected
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
    this.#channel.send('{"execute":"guest-shutdown","arguments":{"mode":"powerdown"}}')
  }

  /** Sets the guest's clock to the host's. */
  async setTime(nanoseconds: bigint): Promise<void> {
    // JSON numbers of this size are exact only as text.
    await this.#channel.ask(`{"execute":"guest-set-time","arguments":{"time":${nanoseconds}}}`)
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

  /**
   * The starts of many files, each at most 64 KiB, in two round trips however many there are: requests are sent
   * without waiting for answers, which come in the same order (an emulated guest takes milliseconds for a trip).
   */
  async readStarts(paths: readonly string[]): Promise<Reading<FileStart>[]> {
    const opened = await this.#channel.askAll(
      paths.map((path) => ({ execute: 'guest-file-open', arguments: { path, mode: 'r' } })),
    )
    const handles = opened.flatMap(({ error, return: handle }) => (error === undefined ? [handle] : []))
    const answers = await this.#channel.askAll([
      ...handles.map((handle) => ({
        execute: 'guest-file-read',
        arguments: { handle, count: readBytes },
      })),
      ...handles.map((handle) => ({ execute: 'guest-file-close', arguments: { handle } })),
    ])
    return opened.map(({ error, return: handle }) =>
      error === undefined ? startOf(answers[handles.indexOf(handle)]) : missing(String(error.desc)),
    )
  }

  #request(
    command: string,
    args: Readonly<Record<string, unknown>>,
    timeoutMs: number = requestTimeoutMs,
  ): Promise<unknown> {
    return this.#channel.ask(JSON.stringify({ execute: command, arguments: args }), timeoutMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#channel[Symbol.asyncDispose]()
  }
}

function startOf(reply: Reply | undefined): Reading<FileStart> {
  if (reply?.error !== undefined) return unknown(String(reply.error.desc))
  const read = reply?.return as FileRead
  const text = Buffer.from(read['buf-b64'], 'base64').toString('utf8')
  return present({ text, whole: read.eof || read.count === 0 })
}

/** The agent passes on what the guest's C library says. */
const missing = (said: string): Reading<never> => (said.includes('No such file') ? absent : unknown(said))

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
