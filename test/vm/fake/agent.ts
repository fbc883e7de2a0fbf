/** The guest agent of the fake guest: its files, clock and programs. */

export interface Ended {
  code: number
  out: string
}

export const done = (out: string): Ended => ({ code: 0, out })

export interface AgentRequest {
  execute: string
  arguments?: Record<string, unknown>
}

/** A file of this fake has the offset of the guest's clock. */
const clockOffset = '/fake/clock-offset-ms'

export class FakeAgent {
  readonly #files: Map<string, string>
  readonly #run: (argv: readonly string[], input: string) => Ended
  readonly #shutDown: () => void
  readonly #programs = new Map<number, Ended>()
  /** Paths; a handle is the index of one, from 1. */
  readonly #open: string[] = []
  #nextPid = 1000

  constructor(
    files: Map<string, string>,
    run: (argv: readonly string[], input: string) => Ended,
    shutDown: () => void,
  ) {
    this.#files = files
    this.#run = run
    this.#shutDown = shutDown
  }

  /** The reply to one request; undefined = none. */
  reply(request: AgentRequest): unknown {
    const given = request.arguments ?? {}
    switch (request.execute) {
      case 'guest-sync-delimited':
        return { return: given.id }
      case 'guest-ping':
      case 'guest-file-close':
      case 'guest-file-seek':
        return { return: {} }
      case 'guest-get-time':
        return { return: (Date.now() + Number(this.#files.get(clockOffset) ?? 0)) * 1e6 }
      case 'guest-set-time':
        this.#files.delete(clockOffset)
        return { return: {} }
      case 'guest-shutdown':
        this.#shutDown()
        return undefined
      case 'guest-file-open':
        return this.#openFile(String(given.path).replace('/proc/1/root', ''))
      case 'guest-file-read': {
        const text = this.#files.get(this.#open[Number(given.handle) - 1] ?? '')
        if (text === undefined) return { error: { desc: 'failed to read file: No such device' } }
        return { return: { count: text.length, 'buf-b64': Buffer.from(text).toString('base64'), eof: true } }
      }
      case 'guest-exec': {
        const argv = (given.arg as string[]).slice(8)
        const input = Buffer.from(String(given['input-data'] ?? ''), 'base64').toString()
        this.#nextPid += 1
        this.#programs.set(this.#nextPid, this.#run(argv, input))
        return { return: { pid: this.#nextPid } }
      }
      case 'guest-exec-status': {
        const { code, out } = this.#programs.get(Number(given.pid)) ?? { code: 127, out: '' }
        const text = Buffer.from(out).toString('base64')
        return {
          return: { exited: true, exitcode: code, 'out-data': text, 'err-data': code === 0 ? '' : text },
        }
      }
      default:
        return { error: { desc: `The command ${request.execute} has not been found` } }
    }
  }

  #openFile(path: string): unknown {
    if (!this.#files.has(path))
      return { error: { desc: `failed to open file '${path}': No such file or directory` } }
    this.#open.push(path)
    return { return: this.#open.length }
  }
}
