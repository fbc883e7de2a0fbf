/** Requests to the engine over its unix socket, one connection each. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { JsonValue } from '../config/desired.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { maxReplyBytes } from './replies.ts'
import { badReply } from './reply-schema.ts'

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  /** Sent as JSON. */
  body?: JsonValue
  headers?: Readonly<Record<string, string>>
  /** Timeout of the whole reply. */
  timeoutMs?: number
  /** Timeout of the reply's header, for endless replies. */
  answerMs?: number
  signal?: AbortSignal
}

export const replyMs: number = 15_000
/** Maximum length of an engine error text that is kept, in characters. */
const maxSaid = 2_000
/** A join token admits its holder to the swarm. */
const joinToken = /SWMTKN-[\w-]+/g

export interface EngineRequests {
  /** Resolves with the header of the reply; the caller reads the body. */
  open(path: string, options: RequestOptions): Promise<IncomingMessage>
  /**
   * Body of a successful reply.
   * @param path shown in messages, if the URL contains more.
   */
  text(path: string, options?: RequestOptions, url?: string): Promise<string>
}

export function engineRequests(socketPath: string): EngineRequests {
  const open = (path: string, options: RequestOptions): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const payload = options.body === undefined ? undefined : JSON.stringify(options.body)
      const request = httpRequest(
        {
          socketPath,
          path,
          method: options.method ?? 'GET',
          headers: {
            Host: 'docker',
            ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...options.headers,
          },
          // A new connection per request: an idle one would die unnoticed with the VM.
          agent: false,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
        resolve,
      )
      const limit = options.timeoutMs ?? options.answerMs
      if (limit !== undefined) {
        const timer = setTimeout(() => request.destroy(new Error(`no answer within ${limit} ms`)), limit)
        request.once(options.timeoutMs === undefined ? 'response' : 'close', () => clearTimeout(timer))
        request.once('close', () => clearTimeout(timer))
      }
      const failed = (why: string, cause?: unknown): void =>
        reject(new DesktopError('engine/unreachable', `${path}: ${why}`, { cause }))
      request.once('error', (error) => failed(messageOf(error), error))
      // An upgrade, or a close without a reply, raises no error event.
      request.once('close', () => failed('the connection was closed'))
      request.end(payload)
    })

  /** Reads the whole body; a peer that exceeds the limit is disconnected. */
  const body = async (response: IncomingMessage, path: string): Promise<string> => {
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length
        if (bytes > maxReplyBytes) throw badReply(path, `more than ${maxReplyBytes / 2 ** 20} MiB`)
        chunks.push(chunk)
      }
    } catch (error) {
      response.destroy()
      if (error instanceof DesktopError) throw error
      throw new DesktopError('engine/unreachable', `${path}: ${messageOf(error)}`, { cause: error })
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  const text = async (path: string, options: RequestOptions = {}, url: string = path): Promise<string> => {
    const response = await open(url, { timeoutMs: replyMs, ...options })
    const said = await body(response, path)
    if ((response.statusCode ?? 500) < 400) return said
    const shown = said.trim().slice(0, maxSaid).replaceAll(joinToken, 'SWMTKN-xxxxx')
    throw new DesktopError('engine/request-failed', `${path}: ${response.statusCode} ${shown}`)
  }
  return { open, text }
}
