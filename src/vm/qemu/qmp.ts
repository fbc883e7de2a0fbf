/**
 * QEMU Machine Protocol client (QEMU docs/interop/qmp-spec): JSON lines with ids, and events. A compromised QEMU may
 * send anything: an overlong line or an event flood closes the connection.
 */
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { jsonLines } from '../../host/json-lines.ts'
import { TokenBucket } from '../../token-bucket.ts'

export interface QmpEvent {
  event: string
  data: Readonly<Record<string, unknown>>
}

interface Pending {
  command: string
  resolve: (value: unknown) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

const defaultTimeoutMs = 10_000
/** Replies to our commands take a few kilobytes. */
const maxLineChars = 2 ** 20
/** Burst, then rate per second; QEMU itself limits guest-triggered events. */
const events = { burst: 1_000, perSecond: 100 }

export class Qmp implements AsyncDisposable {
  readonly #socket: Socket
  readonly #pending = new Map<number, Pending>()
  readonly #onEvent: (event: QmpEvent) => void
  #nextId = 1
  readonly #events = new TokenBucket(events, performance.now())
  /** Whether our last command was `stop`, i.e. a stopped machine is intentional. */
  paused = false
  /** Resolves when the connection has closed. */
  readonly closed: Promise<void>

  private constructor(socket: Socket, onEvent: (event: QmpEvent) => void) {
    this.#socket = socket
    this.#onEvent = onEvent
    const feed = jsonLines((value) => this.#take(value), {
      maxChars: () => maxLineChars,
      onOverlong: () => socket.destroy(),
    })
    socket.setEncoding('utf8').on('data', feed)
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        const gone = new DesktopError('vm/qmp', 'QEMU closed its control connection')
        for (const { reject, timer } of this.#pending.values()) {
          clearTimeout(timer)
          reject(gone)
        }
        this.#pending.clear()
        resolve()
      })
    })
  }

  /** Performs the greeting on a connected socket; QEMU serves one client at a time. */
  static async open(
    socket: Socket,
    onEvent: (event: QmpEvent) => void,
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<Qmp> {
    const qmp = new Qmp(socket, onEvent)
    try {
      await qmp.execute('qmp_capabilities', {}, timeoutMs)
    } catch (error) {
      socket.destroy()
      throw error
    }
    return qmp
  }

  /** Resolves with the command's `return`; rejects with `vm/qmp` on an error, a time-out or a closed socket. */
  execute(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<unknown> {
    const id = this.#nextId++
    if (command === 'stop' || command === 'cont') this.paused = command === 'stop'
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new DesktopError('vm/qmp', `${command}: QEMU's control connection is closed`))
        return
      }
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new DesktopError('vm/qmp', `${command}: QEMU did not answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#pending.set(id, { command, resolve, reject, timer })
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
    })
  }

  #take(value: unknown): void {
    if (value === null || typeof value !== 'object') return
    const message = value as {
      id?: unknown
      return?: unknown
      error?: unknown
      event?: unknown
      data?: unknown
    }
    if (typeof message.event === 'string') {
      if (!this.#events.has(performance.now())) {
        this.#socket.destroy()
        return
      }
      this.#events.take()
      this.#onEvent({ event: message.event, data: mapOf(message.data) })
      return
    }
    const pending = typeof message.id === 'number' ? this.#pending.get(message.id) : undefined
    if (pending === undefined) return // The greeting, or the late answer of a command that timed out.
    this.#pending.delete(message.id as number)
    clearTimeout(pending.timer)
    if (message.error === undefined) pending.resolve(message.return)
    else {
      const { desc } = mapOf(message.error)
      const said = typeof desc === 'string' ? desc : 'an error without a description'
      pending.reject(new DesktopError('vm/qmp', `${pending.command}: ${said}`))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    await this.closed
  }
}

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
