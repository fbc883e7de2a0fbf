/** Long-lived connections of the control API: terminals and captures of the VM's link. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { failureOf } from './call.ts'
import { type CaptureCounters, type CaptureRequest, capturedTrailer, lostTrailer } from './capture.ts'
import { isAbsence } from './client.ts'

/** The supervisor is not listening, so there is nothing to attach to. */
function unreachable(name: string, cause: Error): DesktopError {
  if (isAbsence({ cause })) return new DesktopError('vm/not-running', 'the VM is not running', { cause })
  return new DesktopError('supervisor/unreachable', `${name}: ${messageOf(cause)}`, { cause })
}

/** The peer may be on another host. An error is one line of JSON. */
const maxFailureChars = 2 ** 16

async function text(response: IncomingMessage): Promise<string> {
  let all = ''
  for await (const chunk of response.setEncoding('utf8')) {
    all += chunk
    if (all.length > maxFailureChars) throw new Error('the reply is too long')
  }
  return all
}

/**
 * Opens an upgraded connection to the supervisor: the VM's console, a new terminal in the VM, or a stream of
 * a command.
 */
export function openStream(
  { sockets }: Pick<EnvironmentPaths, 'sockets'>,
  name: 'console' | 'shell' | 'exec' | `dial?${string}`,
): Promise<Socket> {
  return openStreamAt(sockets.control, name)
}

/** Like `openStream`, for the supervisor that listens at a path; `timeoutMs` is a deadline of its reply. */
export function openStreamAt(
  socketPath: string,
  name: string,
  { timeoutMs }: { timeoutMs?: number } = {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath,
      path: `/v1/${name}`,
      headers: { Connection: 'Upgrade', Upgrade: 'desktop-stream' },
      agent: false,
    })
    const late = (): void => void request.destroy(new Error(`no reply within ${timeoutMs} ms`))
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs)
    request.on('error', (error) => reject(unreachable(name, error)))
    request.once('close', () => clearTimeout(timer))
    request.once('response', (response) => {
      text(response).then(
        (reply) => reject(failureOf(reply)),
        (error: Error) => reject(unreachable(name, error)),
      )
    })
    request.once('upgrade', (_response, socket, head) => {
      clearTimeout(timer)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.end()
  })
}

/** Connects to a container, or another address in the VM, by name or IP address. */
export const dialVm = (paths: EnvironmentPaths, host: string, port: number): Promise<Socket> =>
  openStream(paths, `dial?${new URLSearchParams({ host, port: String(port) })}`)

export interface RunningCapture {
  /** The pcap file. */
  stream: IncomingMessage
  /** Stops the capture: buffered frames are still delivered, then the stream ends. */
  stop(): void
  /** Available once the stream has ended. */
  counters(): CaptureCounters
}

/**
 * Captures frames of the VM's link from now on. Rejects with `net/capture-filter` if the filter is invalid.
 */
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
    request.on('error', (error) => reject(unreachable('pcap', error)))
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
