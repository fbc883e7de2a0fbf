/** Docker Engine API over its unix socket (v1.24 and later; paths without a version use the engine's own). */
import { jsonLines } from '../host/json-lines.ts'
import {
  type ContainerDetails,
  type ContainerSummary,
  type EngineEvent,
  type EngineVersion,
  maxEventBytes,
  type NetworkDetails,
  type NetworkSummary,
  parseEvent,
  parseReply,
  type Reply,
  type ReplyPath,
  type ServiceSummary,
} from './replies.ts'
import { badReply } from './reply-schema.ts'
import { engineRequests, type RequestOptions, replyMs } from './requests.ts'

export interface EngineClient {
  ping(timeoutMs?: number, signal?: AbortSignal): Promise<boolean>
  version(): Promise<EngineVersion>
  info(timeoutMs?: number): Promise<Record<string, unknown>>
  containers(): Promise<ContainerSummary[]>
  container(id: string): Promise<ContainerDetails>
  networks(): Promise<NetworkSummary[]>
  network(id: string): Promise<NetworkDetails>
  /** Swarm services; rejects if the engine is not a manager. */
  services(): Promise<ServiceSummary[]>
  /** Calls back per event until aborted or the connection closes; `opened` resolves once subscribed. */
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
  const { open, text } = engineRequests(socketPath)
  const json = async <P extends ReplyPath>(
    path: P,
    options: RequestOptions = {},
    url: string = path,
  ): Promise<Reply<P>> => parseReply(path, await text(path, options, url))

  return {
    ping: async (timeoutMs = 2_000, signal) => {
      try {
        const response = await open('/_ping', signal === undefined ? { timeoutMs } : { timeoutMs, signal })
        // Stop reading: this body never ends by itself.
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
    network: (id) => json('/networks/ID', {}, `/networks/${encodeURIComponent(id)}`),
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
