/** The supervisor's side of the control API: HTTP on a unix socket that only this user can open. */

import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { DesktopError, explained, messageOf } from '../errors.ts'
import { type Call, type Control, calls, type Failure } from './api.ts'
import { answerCapture, type TakeCapture } from './capture.ts'

const maxBodyBytes = 64 * 1024 * 1024

export interface ServerOptions {
  socketPath: string
  control: Control
  /** Each throws when there is no such stream now, else gives what takes the upgraded connection. */
  streams: Readonly<Record<string, () => (socket: Duplex) => void>>
  /** For `POST /v1/pcap`. */
  capture: TakeCapture
  /** For `GET /metrics`, in Prometheus' text format. */
  metrics: () => string
  onError: (call: string, error: unknown) => void
}

export async function serveControl(options: ServerOptions): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(options, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => upgrade(options, request, socket))
  // A VM takes minutes to boot under emulation; callers set their own deadlines.
  server.requestTimeout = 0
  await rm(options.socketPath, { force: true })
  const umask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.socketPath, resolve)
    })
  } finally {
    process.umask(umask)
  }
  return server
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = request.url?.replace(/^\/v1\//, '').replace(/\?.*$/, '') ?? ''
  try {
    if (request.method === 'GET' && name === '/metrics') {
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(options.metrics())
      return
    }
    if (request.method === 'POST' && name === 'pcap') {
      await answerCapture(options.capture, request, response)
      return
    }
    const call = calls.find((known) => known === name)
    if (call === undefined || request.method !== 'POST') {
      throw new DesktopError('supervisor/bad-request', `no call ${request.method} ${request.url}`)
    }
    const result = await invoke(options.control, call, await body(request))
    reply(response, 200, JSON.stringify(result) ?? '')
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'internal/bug') options.onError(name, error)
    reply(response, failure.code === 'supervisor/bad-request' ? 400 : 500, JSON.stringify(failure))
  }
}

/** With its length, by which a reply that was cut short is told from a whole one. */
function reply(response: ServerResponse, status: number, text: string): void {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }
  response.writeHead(status, headers).end(text)
}

function invoke(control: Control, call: Call, args: readonly unknown[]): Promise<unknown> {
  const method = control[call] as (...args: readonly unknown[]) => Promise<unknown>
  return method.apply(control, [...args])
}

async function body(request: IncomingMessage): Promise<readonly unknown[]> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new DesktopError('supervisor/bad-request', 'the request is too large')
    chunks.push(chunk)
  }
  let args: unknown
  try {
    args = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    throw new DesktopError('supervisor/bad-request', `the request is not JSON: ${messageOf(error)}`)
  }
  if (!Array.isArray(args)) throw new DesktopError('supervisor/bad-request', 'arguments must be an array')
  return args
}

function failureOf(thrown: unknown): Failure {
  const error = explained(thrown)
  if (!(error instanceof DesktopError)) return { code: 'internal/bug', message: messageOf(error) }
  const { code, message, hint } = error
  return hint === undefined ? { code, message } : { code, message, hint }
}

function upgrade(options: ServerOptions, request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => {})
  const open = options.streams[request.url?.replace(/^\/v1\//, '') ?? '']
  try {
    if (open === undefined) throw new DesktopError('supervisor/bad-request', `no stream ${request.url}`)
    const take = open()
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: desktop-stream\r\n\r\n')
    take(socket)
  } catch (error) {
    socket.end(`HTTP/1.1 409 Conflict\r\nConnection: close\r\n\r\n${JSON.stringify(failureOf(error))}`)
  }
}
