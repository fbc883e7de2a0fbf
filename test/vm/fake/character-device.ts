/** A character device of QEMU on a unix socket. */
import { createServer, type Socket } from 'node:net'

/** As QEMU's character devices: one client at a time, the next waits. */
export function serve(path: string, take: (socket: Socket) => void): Promise<void> {
  const waiting: Socket[] = []
  let current: Socket | undefined
  const next = (): void => {
    current = waiting.shift()
    if (current === undefined) return
    current.once('close', next)
    take(current)
  }
  const server = createServer((socket) => {
    socket.on('error', () => {})
    waiting.push(socket)
    if (current === undefined) next()
  })
  return new Promise((resolve) => server.listen(path, resolve))
}
