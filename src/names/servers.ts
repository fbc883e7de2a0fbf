/** The HTTP and HTTPS servers of an environment's names, on both loopback addresses. */
import { createServer as createHttpServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Authority, HostCertificates } from './authority.ts'
import type { NameProxy } from './proxy.ts'

/** Limit for all clients of a port. */
const maxConnections = 4_096

/** Receive window of an HTTP/2 upload. Go's servers use the same size; Node's default is 64 KiB. */
const uploadWindowBytes = 1024 * 1024

/** A server that accepts connections. */
interface Accepts {
  server: Pick<Server, 'emit'>
  /** Whether clients may half-close. */
  allowHalfOpen: boolean
}

export function httpServer(proxy: NameProxy): Accepts {
  const server = createHttpServer((request, response) => void proxy.serve(request, response))
  server.on('upgrade', (request, socket, head) => void proxy.upgrade(request, socket, head))
  // Uploads and event streams may take any time.
  server.requestTimeout = 0
  return { server, allowHalfOpen: true }
}

export function httpsServer(proxy: NameProxy, authority: Authority, domain: string): Accepts {
  const certificates = new HostCertificates(authority)
  const contextOf = (host: string): ReturnType<HostCertificates['context']> | undefined =>
    host === domain || (host.endsWith(`.${domain}`) && isHostName(host))
      ? certificates.context(host)
      : undefined
  const server = createSecureServer({
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    settings: { initialWindowSize: uploadWindowBytes },
    SNICallback: (host, done) => {
      const context = contextOf(host.toLowerCase())
      // Without a certificate the handshake ends with an alert.
      if (context === undefined) done(new Error(`${host} is not below ${domain}`))
      else done(null, context)
    },
  })
  server.on('session', (session) => session.setLocalWindowSize(uploadWindowBytes))
  server.on('request', (request, response) => void proxy.serve(request, response))
  server.on('upgrade', (request, socket: Duplex, head) => void proxy.upgrade(request, socket, head))
  for (const event of ['sessionError', 'tlsClientError'] as const) server.on(event, () => {})
  return { server, allowHalfOpen: false }
}

const isHostName = (host: string): boolean =>
  host.length <= 253 && /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(host)

/** Rejects with the system error, with no listener left open. */
export async function listenOn(
  addresses: readonly string[],
  port: number,
  { server: to, allowHalfOpen }: Accepts,
): Promise<AsyncDisposable> {
  const connections = new Set<Socket>()
  const servers: Server[] = []
  const close = async (): Promise<void> => {
    const closed = servers.map((server) => new Promise<void>((done) => server.close(() => done())))
    for (const connection of connections) connection.destroy()
    await Promise.all(closed)
  }
  for (const host of addresses) {
    const server = createServer({ noDelay: true, allowHalfOpen }, (connection) => {
      connections.add(connection)
      connection.on('error', () => {}).once('close', () => connections.delete(connection))
      to.emit('connection', connection)
    })
    server.maxConnections = maxConnections
    try {
      await new Promise<void>((resolve, reject) =>
        server.once('error', reject).listen({ host, port, exclusive: true }, resolve),
      )
    } catch (error) {
      await close()
      throw error
    }
    servers.push(server)
  }
  return { [Symbol.asyncDispose]: close }
}
