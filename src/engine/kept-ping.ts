/**
 * Pings the engine over one kept connection: a new one per ping costs an emulated guest as much as all other requests of a
 * plan.
 */
import { Agent, type IncomingMessage, request } from 'node:http'
import { engineClient } from './client.ts'

const answerMs = 2_000
/** `OK`; a body without an end would be read for as long as it comes. */
const maxBodyBytes = 1024

export class KeptPing implements Disposable {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /** Never rejects. A kept connection may have died unseen: before an engine is mute, a new one is tried. */
  async ask(): Promise<boolean> {
    return (await this.#ask()) ?? (await engineClient(this.#socketPath).ping())
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  /** Undefined: nothing came over a connection that was kept. */
  #ask(): Promise<boolean | undefined> {
    return new Promise((resolve) => {
      const socketPath = this.#socketPath
      const asked = request({ socketPath, path: '/_ping', headers: { Host: 'docker' }, agent: this.#agent })
      const timer = setTimeout(() => asked.destroy(), answerMs)
      asked.on('error', () => {})
      asked.once('close', () => {
        clearTimeout(timer)
        // Without effect after an answer.
        resolve(asked.reusedSocket ? undefined : false)
      })
      asked.once('response', (response) => {
        resolve(response.statusCode === 200)
        drain(response)
      })
      asked.end()
    })
  }
}

/** Read to its end, the connection is free for the next question. */
function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('error', () => {})
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBodyBytes) response.destroy()
  })
}
