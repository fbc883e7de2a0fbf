/** Serves `GET /metrics` on loopback while the command is running. Overlapping scrapes share one sample. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'

/** Allowed Host headers, against DNS rebinding by other sites; containers reach the host by the last one. */
const hosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]', 'host.docker.internal'])

export interface MetricsServer extends AsyncDisposable {
  port: number
}

export async function serveMetrics(port: number, text: () => Promise<string>): Promise<MetricsServer> {
  let looking: Promise<string> | undefined
  const look = (): Promise<string> => {
    looking ??= text().finally(() => {
      looking = undefined
    })
    return looking
  }
  const server = createServer(async (request, response) => {
    response.on('error', () => {})
    const answer = (status: number, type: string, body: string): void =>
      void response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }).end(body)
    const plain = 'text/plain; charset=utf-8'
    const host = request.headers.host?.toLowerCase().replace(/:\d+$/, '') ?? ''
    if (!hosts.has(host)) return answer(403, plain, 'the Host is not this server\n')
    if (request.method !== 'GET') return answer(405, plain, 'GET only\n')
    if (request.url?.replace(/\?.*$/, '') !== '/metrics')
      return answer(404, plain, 'metrics are at /metrics\n')
    try {
      answer(200, 'text/plain; version=0.0.4; charset=utf-8', await look())
    } catch (error) {
      answer(503, plain, `${messageOf(error)}\n`)
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const isTaken = systemCode(error) === 'EADDRINUSE'
      reject(
        isTaken
          ? new DesktopError('cli/usage', `port ${port} is in use`, {
              hint: 'choose a different one with --port',
            })
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
