/** Adapter: VMN3T handshake on a client's socket, which then becomes a link. */
import type { Socket } from 'node:net'
import type { MacTable } from '../../link/mac-table.ts'
import { Vmn3tHandshake } from '../../link/vmn3t.ts'

/** Clients send both messages at once; the deadline closes idle connections. */
const handshakeMs = 10_000

export function acceptVmn3t(socket: Socket, macTable: MacTable, up: (socket: Socket) => void): void {
  const handshake = new Vmn3tHandshake({
    assign: (client) => {
      const vif = macTable.assign(client)
      if (typeof vif !== 'string') socket.once('close', () => macTable.release(client.uuid))
      return vif
    },
    send: (bytes) => socket.write(bytes),
  })
  const ignore = () => {}
  const hangUp = () => socket.destroy()
  const read = (chunk: Buffer): void => {
    const progress = handshake.feed(chunk)
    if (progress.state === 'greeting') return
    socket.off('data', read).off('end', hangUp).setTimeout(0).pause()
    if (progress.state === 'refused') {
      socket.end(hangUp)
      return
    }
    socket.off('timeout', hangUp)
    // The link takes over the socket, including data received after the handshake.
    if (progress.rest.length > 0) socket.unshift(progress.rest)
    const begin = () => {
      // The client may have disconnected; the write of our reply detects that.
      if (socket.destroyed) return
      up(socket)
      process.nextTick(() => socket.resume())
    }
    if (socket.writableLength === 0) begin()
    else socket.write('', begin)
  }
  socket.on('error', ignore)
  socket.setTimeout(handshakeMs, hangUp)
  socket.on('data', read).on('end', hangUp)
}
