/**
 * The guest's side of bench/net/server-names.ts: resolves the name, opens a stream that carries it, prints
 * Gbit/s.
 */

import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import { hello, records, serverName } from '../../test/support/net/client-hello.ts'

const [first = '', direction = '', port = '', size = ''] = process.argv.slice(2)
const name = 'host.docker.internal'
const bytes = Number(size)

const resolver = new Resolver()
resolver.setServers(['192.168.65.1'])
const [address = ''] = await resolver.resolve4(name)

const opening =
  first === 'tls'
    ? records(hello([serverName(name)]))
    : Buffer.from(`GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`)
const socket = connect({ host: address, port: Number(port), noDelay: true })
await once(socket, 'connect')
const began = performance.now()
let got = 0
socket.on('data', (chunk) => {
  got += chunk.length
})
socket.write(opening)
if (direction === 'guest to host') {
  const piece = Buffer.alloc(2 ** 20)
  for (let sent = 0; sent < bytes; sent += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
  socket.end()
}
await once(socket, 'end')
socket.destroy()
if (direction !== 'guest to host' && got < bytes) throw new Error(`${got} of ${bytes} bytes came`)
console.log((bytes * 8) / 1e6 / (performance.now() - began))
