/** Docker Engine API over its unix socket (API v1.24 and later; paths without version use the engine's own). */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { DesktopError, messageOf } from '../errors.ts'
import { jsonLines } from '../host/json-lines.ts'

interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE'
  timeoutMs?: number
  signal?: AbortSignal
}

export interface ContainerPort {
  IP?: string
  PrivatePort: number
  PublicPort?: number
  Type: string
}

export interface ContainerSummary {
  Id: string
  Names: string[]
  Ports: ContainerPort[]
  NetworkSettings?: { Networks?: Record<string, { IPAddress?: string }> }
}

export interface NetworkSummary {
  Name: string
  IPAM?: { Config?: { Subnet?: string }[] | null }
}

export interface EngineVersion {
  Version: string
  ApiVersion: string
}

/** One event of `GET /events`. */
export interface EngineEvent {
  Type: string
  Action: string
  Actor?: { ID: string; Attributes?: Record<string, string> }
}

export interface EngineClient {
  ping(timeoutMs?: number, signal?: AbortSignal): Promise<boolean>
  version(): Promise<EngineVersion>
  info(timeoutMs?: number): Promise<Record<string, unknown>>
  containers(): Promise<ContainerSummary[]>
  networks(): Promise<NetworkSummary[]>
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
      if (options.timeoutMs !== undefined) {
        const timer = setTimeout(
          () => request.destroy(new Error(`no answer within ${options.timeoutMs} ms`)),
          options.timeoutMs,
        )
        request.once('close', () => clearTimeout(timer))
      }
      request.once('error', (error) =>
        reject(new DesktopError('engine/unreachable', `${path}: ${messageOf(error)}`, { cause: error })),
      )
      request.end()
    })

  const json = async <T>(path: string, options: RequestOptions = {}): Promise<T> => {
    const response = await open(path, { timeoutMs: 15_000, ...options })
    let text = ''
    try {
      for await (const chunk of response.setEncoding('utf8')) text += chunk
    } catch (error) {
      throw new DesktopError('engine/unreachable', `${path}: ${messageOf(error)}`, { cause: error })
    }
    if ((response.statusCode ?? 500) >= 400) {
      throw new DesktopError('engine/request-failed', `${path}: ${response.statusCode} ${text.trim()}`)
    }
    return JSON.parse(text) as T
  }

  return {
    ping: async (timeoutMs = 2_000, signal) => {
      try {
        const response = await open('/_ping', signal === undefined ? { timeoutMs } : { timeoutMs, signal })
        response.resume()
        return response.statusCode === 200
      } catch {
        return false
      }
    },
    version: () => json<EngineVersion>('/version'),
    info: (timeoutMs = 15_000) => json<Record<string, unknown>>('/info', { timeoutMs }),
    containers: () => json<ContainerSummary[]>('/containers/json'),
    networks: () => json<NetworkSummary[]>('/networks'),
    events: (filters, onEvent, signal) => {
      const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`
      const response = open(path, { signal })
      const opened = response.then(() => {})
      const closed = response.then(
        (stream) =>
          new Promise<void>((resolve) => {
            const feed = jsonLines((value) => onEvent(value as EngineEvent))
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
