/** QEMU guest agent client (QEMU docs/interop/qemu-ga-ref): one request at a time over a virtio-serial port. */
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { Observation } from '../../observation.ts'
import { AgentChannel, type AskOptions } from './channel.ts'
import { type FileStart, FileStarts, readBytes } from './file-starts.ts'
import { type ExecStatus, parseReturn } from './replies.ts'

export interface ExecOptions {
  stdin?: string
  timeoutMs?: number
  /** Encoding of stdin, stdout and stderr; binary data needs base64. */
  encoding?: 'utf8' | 'base64'
}

export interface ExecResult {
  /** 128 + n if killed by signal n. */
  exitCode: number
  stdout: string
  stderr: string
}

/** The agent buffers 16 MiB of each output and sends it as base64 on one line. */
const maxOutputBytes = 24 * 2 ** 20
const maxReads = 16

/** Starting a program takes long in an emulated guest; polling starts fast and slows down. */
const pollMs = { first: 15, factor: 1.4, most: 200 }

export class GuestAgent implements AsyncDisposable {
  readonly #channel: AgentChannel
  readonly #starts: FileStarts

  constructor(socket: Socket) {
    this.#channel = new AgentChannel(socket)
    this.#starts = new FileStarts(this.#channel)
  }

  get connected(): boolean {
    return this.#channel.connected
  }

  /** Whether the guest agent currently responds. */
  async ping(timeoutMs: number): Promise<boolean> {
    try {
      await this.#request('guest-ping', {}, { timeoutMs })
      return true
    } catch {
      return false
    }
  }

  /** Requests a graceful shutdown from the guest's init; on success there is no reply. */
  shutdown(): void {
    this.#channel.send('{"execute":"guest-shutdown","arguments":{"mode":"powerdown"}}')
  }

  /** Milliseconds since 1970; rounded, because a double cannot represent nanoseconds. */
  async time(): Promise<number> {
    return Number(await this.#request('guest-get-time', {})) / 1e6
  }

  /** Sets the guest's clock to the host's. The time is read when the request is sent, which may be after a queue. */
  async setTime(): Promise<void> {
    // JSON numbers of this size are exact only as text.
    const line = (): string =>
      `{"execute":"guest-set-time","arguments":{"time":${BigInt(Date.now()) * 1_000_000n}}}`
    await this.#channel.ask(line)
  }

  /** Runs a program in the namespaces of the guest's init, regardless of the agent's own. */
  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { stdin, encoding = 'utf8', timeoutMs = 60_000 } = options
    const deadline = Date.now() + timeoutMs
    const request = {
      path: '/usr/bin/nsenter',
      arg: ['-t', '1', '-m', '-n', '-p', '-u', '-i', '--', ...argv],
      'capture-output': true,
      ...(stdin === undefined ? {} : { 'input-data': Buffer.from(stdin, encoding).toString('base64') }),
    }
    const { pid } = parseReturn('guest-exec', await this.#request('guest-exec', request))
    for (let wait = pollMs.first; ; wait = Math.min(wait * pollMs.factor, pollMs.most)) {
      const said = await this.#request('guest-exec-status', { pid }, { maxReplyBytes: maxOutputBytes })
      const status = parseReturn('guest-exec-status', said)
      if (status.exited) return outcome(status, encoding)
      if (Date.now() >= deadline) {
        throw new DesktopError('vm/agent', `${argv[0]} did not exit within ${timeoutMs} ms in the guest`)
      }
      await sleep(wait)
    }
  }

  /** Reads the start of a file as text, at most 1 MiB; starts no program, so it takes milliseconds. */
  async readFile(path: string): Promise<string> {
    const opened = await this.#request('guest-file-open', { path, mode: 'r' })
    const handle = parseReturn('guest-file-open', opened)
    try {
      const parts: Buffer[] = []
      for (let eof = false; !eof && parts.length < maxReads; ) {
        const said = await this.#request('guest-file-read', { handle, count: readBytes })
        const read = parseReturn('guest-file-read', said)
        parts.push(Buffer.from(read['buf-b64'], 'base64'))
        eof = read.eof || read.count === 0
      }
      return Buffer.concat(parts).toString('utf8')
    } finally {
      await this.#request('guest-file-close', { handle })
    }
  }

  /** Reads the start of many files, at most 64 KiB each, in two round trips. */
  async readStarts(paths: readonly string[]): Promise<Observation<FileStart>[]> {
    return await this.#starts.read(paths)
  }

  /** Closes all open files in the guest, before the machine is saved. */
  async closeFiles(): Promise<void> {
    await this.#channel.askAll(this.#starts.closes())
  }

  #request(
    command: string,
    args: Readonly<Record<string, unknown>>,
    options: AskOptions = {},
  ): Promise<unknown> {
    return this.#channel.ask(JSON.stringify({ execute: command, arguments: args }), options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Another supervisor may adopt the machine.
    if (this.connected) for (const one of this.#starts.closes()) this.#channel.send(JSON.stringify(one))
    await this.#channel[Symbol.asyncDispose]()
  }
}

function outcome(status: ExecStatus, encoding: 'utf8' | 'base64'): ExecResult {
  const text = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString(encoding)
  return {
    exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
    stdout: text(status['out-data']),
    stderr: text(status['err-data']),
  }
}
