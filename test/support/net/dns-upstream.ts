/** A DNS server on loopback, open until the test ends. */
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import packet from 'dns-packet'
import { onTestFinished } from 'vitest'
import { framed, MessageReader } from '../../../src/net/services/dns/stream.ts'
import { a, responseTo } from './dns-resolver.ts'

export interface Upstream {
  address: string
  ports: Set<number>
  ids: Set<number>
  queries: number
}

/** A UDP socket and a TCP server on the same port; retries, because other programs use ports too. */
export async function bindBoth(tcp: Server): Promise<{ socket: Socket; port: number }> {
  for (;;) {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const { port } = socket.address()
    const isFree = await new Promise<boolean>((resolve) => {
      tcp.once('error', () => resolve(false))
      tcp.listen(port, '127.0.0.1', () => resolve(true))
    })
    tcp.removeAllListeners('error')
    if (isFree) return { socket, port }
    socket.close()
  }
}

/** A loopback server that answers A queries, or truncates over UDP and answers over TCP. */
export async function upstream(options: { truncate?: boolean; silent?: boolean } = {}): Promise<Upstream> {
  const answers = Array.from({ length: options.truncate ? 80 : 1 }, (_, i) => `10.2.0.${i}`)
  const full = (query: Uint8Array) => {
    const name = packet.decode(Buffer.from(query)).questions![0]!.name
    return responseTo(query, { answers: answers.map((data) => a(name, data)) })
  }
  const tcp = createServer((connection) => {
    const reader = new MessageReader()
    connection.on('error', () => {})
    connection.on('data', (chunk) => {
      reader.push(chunk)
      for (let query = reader.next(); query !== undefined; query = reader.next()) {
        connection.write(framed(full(query)))
      }
    })
  })
  const { socket, port } = await bindBoth(tcp)
  const stats: Upstream = { address: `127.0.0.1:${port}`, ports: new Set(), ids: new Set(), queries: 0 }
  socket.on('message', (query, from) => {
    stats.queries += 1
    stats.ports.add(from.port)
    stats.ids.add(query.readUInt16BE(0))
    if (options.silent) return
    const response = options.truncate ? responseTo(query, { flags: packet.TRUNCATED_RESPONSE }) : full(query)
    socket.send(response, from.port, from.address)
  })
  onTestFinished(() => new Promise((resolve) => tcp.close(() => resolve())))
  onTestFinished(() => {
    socket.close()
  })
  return stats
}
