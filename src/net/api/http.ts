/** HTTP server of the API: Node's server on connections accepted elsewhere. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '../../errors/system.ts'
import type { ApiRequest, ApiResponse } from './message.ts'
import { ApiError } from './ports.ts'

const maxBodyBytes = 1024 * 1024

type Answer = (request: ApiRequest, message: IncomingMessage) => Promise<ApiResponse>

/** Pass connections by `emit('connection', stream)`. A body must be complete within `timeoutMs`. */
export function apiServer(answer: Answer, timeoutMs: number): Server {
  return createServer((message, response) => {
    void answered(message, answer, timeoutMs).then((it) => send(response, it))
  })
}

async function answered(message: IncomingMessage, answer: Answer, timeoutMs: number): Promise<ApiResponse> {
  try {
    if (message.headers.origin !== undefined) throw new ApiError(403, 'not for web pages')
    const body = await readBody(message, timeoutMs)
    return await answer({ method: message.method ?? '', path: pathOf(message), body }, message)
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 400
    return { status, contentType: 'text/plain; charset=utf-8', body: `${messageOf(error)}\n` }
  }
}

function send(response: ServerResponse, { status, contentType, body }: ApiResponse): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

/** Both forms of a request target (RFC 9112 section 3.2). */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.startsWith('/') ? url.split('?', 1)[0]! : (URL.parse(url)?.pathname ?? '')
}

/**
 * Rejects an oversized body immediately, but reads and discards the rest, so that the client receives the
 * response.
 */
function readBody(request: IncomingMessage, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    // A server that does not listen does not apply its own timeouts.
    const timer = setTimeout(() => request.destroy(new Error('timeout while reading the body')), timeoutMs)
    request.once('close', () => clearTimeout(timer))
    const judge = (): boolean => {
      if (bytes <= maxBodyBytes) return true
      chunks.length = 0
      reject(new ApiError(413, 'the body is too large'))
      return false
    }
    bytes = Number(request.headers['content-length'] ?? 0)
    if (judge()) bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (judge()) chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}
