/**
 * Server-sent events of the live network. Samples are taken only while clients are connected. A slow client
 * skips samples instead of using memory; a reconnecting client gets the totals that it missed.
 */
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Live } from '../live/live.ts'
import { type FlowChanges, FlowRows } from './flow-rows.ts'

/** Point of the throughput chart. */
export interface Point {
  /** Number of the sample; a reconnecting client reports the last one it received. */
  id: number
  /** Milliseconds since 1970. */
  time: number
  sentPerSecond: number
  receivedPerSecond: number
}

/** A sample as sent to pages. */
export interface LiveEvent extends Omit<Live, 'flows'> {
  flows: FlowChanges
  /** Once a second. */
  point?: Point
}

/** Ten minutes, at one point per second. */
const keptPoints = 600
const pointMs = 1_000
/** A new client immediately gets the last sample if it is no older than this. */
const freshMs = 5_000
/** A client with more buffered data than this skips the next sample, and then gets all flows. */
const maxBufferedBytes = 256 * 1024

interface LiveOptions {
  look: () => Promise<Live>
  /** Serialises for output, without credentials. */
  text: (document: unknown) => string
  intervalMs: number
}

export class LiveEvents {
  readonly #clients = new Set<ServerResponse>()
  /** Clients that have all rows of the last sample. */
  readonly #current = new WeakSet<ServerResponse>()
  readonly #rows = new FlowRows()
  /** The last sample; its flows are in `#rows`. */
  #last: { live: Omit<Live, 'flows'>; atMs: number } | undefined
  #pointMs = Number.NEGATIVE_INFINITY
  readonly #points: Point[] = []
  #id = 0
  #isRunning = false

  #begun: Promise<unknown> | undefined
  #closedMs = performance.now()

  readonly #options: LiveOptions

  constructor(options: LiveOptions) {
    this.#options = options
  }

  /**
   * Takes a sample before the first client connects: a browser takes as long to start as a busy supervisor to
   * respond. The next sample's rates are based on it.
   */
  begin(): void {
    this.#begun = this.#options.look().then(
      (live) => this.#repeatable(live),
      // The next sample reports the error.
      () => {},
    )
  }

  /** @param lastId the `Last-Event-ID` of the client. */
  add(response: ServerResponse, lastId: number): void {
    this.#clients.add(response)
    response.once('close', () => {
      this.#clients.delete(response)
      this.#closedMs = performance.now()
    })
    response.write(`retry: 1000\n\n${this.#missed(lastId)}`)
    this.#repeat(response)
    if (!this.#isRunning) void this.#run()
  }

  /** The last time a page was open. */
  get lastOpenMs(): number {
    return this.#clients.size > 0 ? performance.now() : this.#closedMs
  }

  #missed(lastId: number): string {
    // An id greater than ours is from another run.
    const seen = lastId > this.#id ? 0 : lastId
    return this.#event(
      'points',
      this.#points.filter(({ id }) => id > seen),
    )
  }

  /** Repeats the last sample unless it is old. */
  #repeat(client: ServerResponse): void {
    const nowMs = performance.now()
    if (this.#last === undefined || nowMs - this.#last.atMs > freshMs) return
    const event: LiveEvent = { ...this.#last.live, flows: this.#rows.all(nowMs) }
    client.write(this.#event('live', event))
    this.#current.add(client)
  }

  #repeatable({ flows, ...rest }: Live): { rest: Omit<Live, 'flows'>; changes: FlowChanges; atMs: number } {
    const atMs = performance.now()
    this.#last = { live: rest, atMs }
    return { rest, changes: this.#rows.update(flows, atMs), atMs }
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    const { intervalMs } = this.#options
    await this.#begun
    for (const client of this.#clients) if (!this.#current.has(client)) this.#repeat(client)
    while (this.#clients.size > 0) {
      const began = performance.now()
      await this.#sample()
      // A slow sample does not raise the sampling rate.
      await sleep(Math.max(intervalMs / 4, intervalMs - (performance.now() - began)))
    }
    this.#isRunning = false
  }

  async #sample(): Promise<void> {
    let live: Live
    try {
      live = await this.#options.look()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.#send(this.#event('failure', { reason }))
    }
    const { rest, changes, atMs } = this.#repeatable(live)
    const point = this.#point(live, atMs)
    const id = point === undefined ? '' : `id: ${point.id}\n`
    const eventOf = (flows: FlowChanges): string => {
      const event: LiveEvent = { ...rest, flows, ...(point === undefined ? {} : { point }) }
      return `${id}${this.#event('live', event)}`
    }
    const change = once(() => eventOf(changes))
    const all = once(() => eventOf(this.#rows.all(atMs)))
    for (const client of this.#clients) {
      if (client.writableLength > maxBufferedBytes) {
        this.#current.delete(client)
        continue
      }
      client.write(this.#current.has(client) ? change() : all())
      this.#current.add(client)
    }
  }

  #point({ sentPerSecond, receivedPerSecond }: Live, atMs: number): Point | undefined {
    if (atMs - this.#pointMs < pointMs - this.#options.intervalMs / 2) return undefined
    this.#pointMs = atMs
    this.#id += 1
    const point = { id: this.#id, time: Date.now(), sentPerSecond, receivedPerSecond }
    this.#points.push(point)
    if (this.#points.length > keptPoints) this.#points.shift()
    return point
  }

  /** JSON contains no line breaks, so the data is one line. */
  #event(name: string, data: unknown): string {
    return `event: ${name}\ndata: ${this.#options.text(data)}\n\n`
  }

  #send(event: string): void {
    for (const client of this.#clients) {
      if (client.writableLength <= maxBufferedBytes) client.write(event)
    }
  }
}

/** Computed on first use. */
function once(make: () => string): () => string {
  let made: string | undefined
  return () => {
    made ??= make()
    return made
  }
}
