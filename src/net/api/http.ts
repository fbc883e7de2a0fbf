/** Requests of the API by HTTP: Node's server on connections that others accept. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '../../errors/system.ts'
import type { ApiRequest, ApiResponse } from './message.ts'
import { ApiError } from './ports.ts'

const maxBodyBytes = 1024 * 1024

type Answer = (request: ApiRequest, message: IncomingMessage) => Promise<ApiResponse>

/** `emit('connection', stream)` gives it a connection. A body must come within `timeoutMs`. */
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

/** Both forms of a request's target (RFC 9112 section 3.2). */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.startsWith('/') ? url.split('?', 1)[0]! : (URL.parse(url)?.pathname ?? '')
}

/** A body that is too large is refused at once; the rest of it is read and forgotten, so that the client comes to see that. */
function readBody(request: IncomingMessage, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    // A server that never listens itself does not run its own time-outs.
    const timer = setTimeout(() => request.destroy(new Error('the body did not come in time')), timeoutMs)
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
