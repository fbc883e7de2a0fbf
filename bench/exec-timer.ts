/**
 * Docker API client that times one exec at a time, from the client's point of view and between dockerd's own
 * events.
 */
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

interface Event {
  Action: string
  timeNano: number
  Actor: { Attributes: Record<string, string> }
}

export class Engine implements AsyncDisposable {
  readonly #socketPath: string
  readonly #events: IncomingMessage
  readonly #agent = new Agent({ keepAlive: true })
  readonly #seen = new Map<string, Event[]>()
  #arrived: (() => void) | undefined

  private constructor(socketPath: string, events: IncomingMessage) {
    this.#socketPath = socketPath
    this.#events = events
    let rest = ''
    events.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(JSON.parse(line) as Event)
    })
  }

  static async open(socketPath: string): Promise<Engine> {
    const filters = encodeURIComponent(JSON.stringify({ type: ['container'] }))
    const path = `/events?filters=${filters}`
    const events = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ socketPath, path, agent: false }, resolve).once('error', reject).end()
    })
    return new Engine(socketPath, events)
  }

  /** Milliseconds: `total` for the client, `engine` from dockerd's `exec_create` to its `exec_die` event. */
  async exec(container: string, command: readonly string[]): Promise<{ total: number; engine: number }> {
    const began = performance.now()
    const attach = { AttachStdout: true, AttachStderr: true }
    const created = await this.#post(`/containers/${container}/exec`, { Cmd: command, ...attach })
    const { Id: id } = JSON.parse(created) as { Id: string }
    await this.#post(`/exec/${id}/start`, { Detach: false, Tty: false })
    const total = performance.now() - began
    const events = await this.#both(id)
    const [first, last] = [events.at(0), events.at(-1)]
    return { total, engine: ((last?.timeNano ?? 0) - (first?.timeNano ?? 0)) / 1e6 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#events.destroy()
    this.#agent.destroy()
  }

  #take(event: Event): void {
    const id = event.Actor.Attributes.execID
    if (id === undefined) return
    this.#seen.set(id, [...(this.#seen.get(id) ?? []), event])
    this.#arrived?.()
  }

  async #both(id: string): Promise<readonly Event[]> {
    for (;;) {
      const events = this.#seen.get(id) ?? []
      if (events.some(({ Action }) => Action === 'exec_die')) return events
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
  }

  #post(path: string, body: object): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    return new Promise((resolve, reject) => {
      const asked = request(
        { socketPath: this.#socketPath, path, method: 'POST', headers, agent: this.#agent },
        (reply) => {
          text(reply).then(resolve, reject)
        },
      )
      asked.once('error', reject)
      asked.end(JSON.stringify(body))
    })
  }
}
