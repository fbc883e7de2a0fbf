/** Docker Engine API over its unix socket (API v1.24 and later; paths without version use the engine's own). */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { jsonLines } from '../host/json-lines.ts'
import {
  badReply,
  type ContainerDetails,
  type ContainerSummary,
  type EngineEvent,
  type EngineVersion,
  maxEventBytes,
  maxReplyBytes,
  type NetworkSummary,
  parseEvent,
  parseReply,
  type Reply,
  type ReplyPath,
  type ServiceSummary,
} from './replies.ts'

interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  /** For the whole reply. */
  timeoutMs?: number
  /** For the head of a reply that has no end. */
  answerMs?: number
  signal?: AbortSignal
}

const replyMs = 15_000
/** Of what the engine says of a request that it refuses. */
const maxSaid = 2_000

export interface EngineClient {
  ping(timeoutMs?: number, signal?: AbortSignal): Promise<boolean>
  version(): Promise<EngineVersion>
  info(timeoutMs?: number): Promise<Record<string, unknown>>
  containers(): Promise<ContainerSummary[]>
  container(id: string): Promise<ContainerDetails>
  networks(): Promise<NetworkSummary[]>
  /** Of a swarm; rejects when the engine does not manage one. */
  services(): Promise<ServiceSummary[]>
  /** Calls back per event until aborted or the engine goes away; resolves `opened` when subscribed. */
  events(
    filters: Readonly<Record<string, readonly string[]>>,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): EventStream
}

export interface EventStream {
  opened: Promise<void>
  closed: Promise<void>
}

export function engineClient(socketPath: string): EngineClient {
  const open = (path: string, options: RequestOptions): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          socketPath,
          path,
          method: options.method ?? 'GET',
          headers: { Host: 'docker' },
          // Each request its own connection: an idle one would die unseen with the VM.
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
      // One that answers with an upgrade or not at all closes without an error.
      request.once('close', () => failed('the connection was closed'))
      request.end()
    })

  /** The whole body; a peer that sends more than any engine does loses the connection. */
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

  const json = async <P extends ReplyPath>(
    path: P,
    options: RequestOptions = {},
    url: string = path,
  ): Promise<Reply<P>> => {
    const response = await open(url, { timeoutMs: replyMs, ...options })
    const text = await body(response, path)
    if ((response.statusCode ?? 500) >= 400) {
      const said = text.trim().slice(0, maxSaid)
      throw new DesktopError('engine/request-failed', `${path}: ${response.statusCode} ${said}`)
    }
    return parseReply(path, text)
  }

  return {
    ping: async (timeoutMs = 2_000, signal) => {
      try {
        const response = await open('/_ping', signal === undefined ? { timeoutMs } : { timeoutMs, signal })
        // A body without an end would be read for as long as it comes.
        response.destroy()
        return response.statusCode === 200
      } catch {
        return false
      }
    },
    version: () => json('/version'),
    info: (timeoutMs = replyMs) => json('/info', { timeoutMs }),
    containers: () => json('/containers/json'),
    container: (id) => json('/containers/ID/json', {}, `/containers/${encodeURIComponent(id)}/json`),
    networks: () => json('/networks'),
    services: () => json('/services'),
    events: (filters, onEvent, signal) => {
      const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`
      const response = open(path, { signal, answerMs: replyMs })
      const opened = response.then((stream) => {
        if (stream.statusCode === 200) return
        stream.destroy()
        throw badReply('/events', `status ${stream.statusCode}`)
      })
      const closed = response.then(
        (stream) =>
          new Promise<void>((resolve) => {
            const leave = (): void => void stream.destroy()
            const take = (value: unknown): void => {
              const event = parseEvent(value)
              if (event === undefined) leave()
              else if (!stream.destroyed) onEvent(event)
            }
            const feed = jsonLines(take, {
              maxChars: () => maxEventBytes,
              onOverlong: leave,
              onGarbage: leave,
            })
            stream.setEncoding('utf8').on('data', feed)
            stream.on('error', () => {})
            stream.once('close', resolve)
          }),
        () => {},
      )
      return { opened, closed }
    },
  }
}
