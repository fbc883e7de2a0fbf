/** The CLI's side of the control API. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { catalogueEntries, DesktopError, type ErrorCode, messageOf, systemCode } from '../errors.ts'
import { request as httpRequest } from '../host/http.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { type Call, type Control, calls, type Failure } from './api.ts'
import { type CaptureCounters, type CaptureRequest, capturedTrailer, lostTrailer } from './capture.ts'

/** Time for calls that answer from memory; starting and stopping a VM have deadlines of their own. */
const slow: ReadonlySet<Call> = new Set([
  'startVm',
  'resumeVm',
  'suspendVm',
  'stopVm',
  'guestExec',
  'waitEngine',
  'shutdown',
])
const quickMs = 30_000
/** One that hangs is replaced, so that nobody should wait long to learn it. */
const factsMs = 6_000

/** A client of the supervisor, or undefined when none listens. */
export async function connectSupervisor(paths: EnvironmentPaths): Promise<Control | undefined> {
  const control = controlClient(paths.sockets.control)
  try {
    await control.facts()
    return control
  } catch (error) {
    const cause = systemCode((error as { cause?: unknown }).cause)
    if (cause === 'ENOENT' || cause === 'ECONNREFUSED') return undefined
    throw error
  }
}

export function controlClient(socketPath: string): Control {
  const call = async (name: Call, args: readonly unknown[]): Promise<unknown> => {
    const text = await post(socketPath, name, args)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const methods = Object.fromEntries(calls.map((name) => [name, (...args: unknown[]) => call(name, args)]))
  // `calls` lists every method of Control, which the compiler cannot see through fromEntries.
  return Object.assign(methods, { [Symbol.asyncDispose]: async () => {} }) as unknown as Control
}

function post(socketPath: string, name: Call, args: readonly unknown[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const unreachable = (error: unknown): void =>
      reject(new DesktopError('supervisor/unreachable', `${name}: ${messageOf(error)}`, { cause: error }))
    const body = JSON.stringify(args)
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
    const request = httpRequest(
      { socketPath, path: `/v1/${name}`, method: 'POST', headers, agent: false },
      (response) => {
        text(response).then((reply) => {
          if (response.statusCode === 200) resolve(reply)
          else reject(failureOf(reply))
        }, unreachable)
      },
    )
    const timeoutMs = name === 'facts' ? factsMs : quickMs
    if (!slow.has(name)) request.setTimeout(timeoutMs, () => request.destroy(new Error('no answer')))
    request.once('error', unreachable)
    request.end(body)
  })
}

async function text(response: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of response.setEncoding('utf8')) all += chunk
  return all
}

function failureOf(reply: string): DesktopError {
  let failure: Failure
  try {
    failure = JSON.parse(reply) as Failure
  } catch {
    return new DesktopError('supervisor/bad-request', reply.slice(0, 200))
  }
  const code = failure.code in catalogueEntries ? (failure.code as ErrorCode) : 'internal/bug'
  return new DesktopError(code, failure.message, failure.hint === undefined ? {} : { hint: failure.hint })
}

/** A connection of the supervisor that is taken over: the VM's own terminal, or a new one in it. */
export function openStream(paths: EnvironmentPaths, name: 'console' | 'shell'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath: paths.sockets.control,
      path: `/v1/${name}`,
      headers: { Connection: 'Upgrade', Upgrade: 'desktop-stream' },
      agent: false,
    })
    request.once('error', (error) =>
      reject(new DesktopError('supervisor/unreachable', `${name}: ${messageOf(error)}`, { cause: error })),
    )
    request.once('response', (response) => {
      text(response).then((reply) => reject(failureOf(reply)), reject)
    })
    request.once('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.end()
  })
}

export interface RunningCapture {
  /** The bytes of a pcap file. */
  stream: IncomingMessage
  /** It is enough: what was captured so far still comes, then the end. */
  stop(): void
  /** Once the stream has ended. */
  counters(): CaptureCounters
}

/** Frames of the VM's link from now on. Rejects with `net/capture-filter` when the filter makes no sense. */
export function openCapture(
  paths: EnvironmentPaths,
  { filter, snapBytes, count }: CaptureRequest,
): Promise<RunningCapture> {
  const query = new URLSearchParams({ filter, snap: String(snapBytes), count: String(count ?? 0) })
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath: paths.sockets.control,
      path: `/v1/pcap?${query}`,
      method: 'POST',
      agent: false,
    })
    request.on('error', (error) =>
      reject(new DesktopError('supervisor/unreachable', `pcap: ${messageOf(error)}`, { cause: error })),
    )
    request.once('response', (stream) => {
      if (stream.statusCode !== 200) {
        text(stream).then((reply) => reject(failureOf(reply)), reject)
        return
      }
      const frames = (name: string): number => Number(stream.trailers[name] ?? 0)
      resolve({
        stream,
        stop: () => request.end(),
        counters: () => ({ captured: frames(capturedTrailer), lost: frames(lostTrailer) }),
      })
    })
    request.flushHeaders()
  })
}
