/**
 * One call of the control API: a request and its reply over a unix socket. Every plan makes several calls,
 * and node:http needs 10 ms to initialise, so this module writes and parses the messages itself. HTTP/1.0:
 * one request per connection.
 */
import { connect } from 'node:net'
import { catalogueEntries, type ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { Failure } from './api.ts'

interface CallOptions {
  /** Idle timeout; undefined for none. */
  timeoutMs: number | undefined
  signal: AbortSignal | undefined
}

/** Returns the body of the reply. Rejects with `supervisor/unreachable` or the supervisor's error. */
export async function post(
  socketPath: string,
  name: string,
  args: readonly unknown[],
  options: CallOptions,
): Promise<string> {
  const body = JSON.stringify(args)
  const head = [
    `POST /v1/${name} HTTP/1.0`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  let reply: Reply
  try {
    reply = parseReply(await exchange(socketPath, `${head.join('\r\n')}\r\n\r\n${body}`, options))
  } catch (cause) {
    throw new DesktopError('supervisor/unreachable', `${name}: ${messageOf(cause)}`, { cause })
  }
  if (reply.status !== 200) throw failureOf(reply.body)
  return reply.body
}

/** The peer may be on another host. The flows of a busy VM have some megabytes. */
const maxReplyBytes = 64 * 2 ** 20

function exchange(
  socketPath: string,
  request: string,
  { timeoutMs = 0, signal }: CallOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const socket = connect(socketPath)
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxReplyBytes) socket.destroy(new Error('the reply is too long'))
    })
    signal?.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.once('error', reject)
    socket.once('close', () => resolve(Buffer.concat(chunks)))
    socket.write(request)
  })
}

interface Reply {
  status: number
  body: string
}

/** Parses a reply. Throws if it is incomplete, because the supervisor died while sending it. */
export function parseReply(bytes: Buffer): Reply {
  const end = bytes.indexOf('\r\n\r\n')
  const head = bytes.toString('latin1', 0, Math.max(end, 0))
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  if (status === undefined) throw new Error('no answer')
  const body = bytes.subarray(end + 4)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (length !== undefined && Number(length) !== body.length) throw new Error('the reply was truncated')
  return { status: Number(status), body: body.toString('utf8') }
}

export function failureOf(reply: string): DesktopError {
  let failure: Failure
  try {
    failure = JSON.parse(reply) as Failure
  } catch {
    return new DesktopError('supervisor/bad-request', reply.slice(0, 200))
  }
  const code = failure.code in catalogueEntries ? (failure.code as ErrorCode) : 'internal/bug'
  return new DesktopError(code, failure.message, failure.hint === undefined ? {} : { hint: failure.hint })
}
