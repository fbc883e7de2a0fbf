/**
 * Pings the engine over one kept-alive connection: in an emulated guest, a new connection per ping costs as
 * much as all other requests of a plan.
 */
import { Agent, type IncomingMessage, request } from 'node:http'
import { engineClient } from './client.ts'

const answerMs = 2_000
/** The reply is `OK`; the limit guards against an endless body. */
const maxBodyBytes = 1024

export class KeptPing implements Disposable {
  readonly #socketPath: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })

  constructor(socketPath: string) {
    this.#socketPath = socketPath
  }

  /**
   * Never rejects. A kept connection may have died unnoticed, so a new one is tried before reporting failure.
   */
  async ask(): Promise<boolean> {
    return (await this.#ask()) ?? (await engineClient(this.#socketPath).ping())
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }

  /** Undefined if a reused connection yielded no response. */
  #ask(): Promise<boolean | undefined> {
    return new Promise((resolve) => {
      const socketPath = this.#socketPath
      const asked = request({ socketPath, path: '/_ping', headers: { Host: 'docker' }, agent: this.#agent })
      const timer = setTimeout(() => asked.destroy(), answerMs)
      asked.on('error', () => {})
      asked.once('close', () => {
        clearTimeout(timer)
        // No effect after a response.
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

/** Reads the body to its end, so that the connection can be reused. */
function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('error', () => {})
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBodyBytes) response.destroy()
  })
}
