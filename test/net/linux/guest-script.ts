/** Small programs that tests run inside the guest's namespace: `node guest-script.ts NAME ARGS`. */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'

const [name = '', ...args] = process.argv.slice(2)

const scripts: Record<string, (...args: string[]) => void> = {
  /** Sends so many bytes, ends its half, and prints the hash of what it sent and of what comes back. */
  'send-then-read': (address, port, bytes) => {
    const socket = connect({ host: address!, port: Number(port), allowHalfOpen: true })
    const sent = createHash('sha256')
    const got = createHash('sha256')
    let left = Number(bytes)
    let value = 0
    const pump = (): void => {
      while (left > 0) {
        value = (value * 31 + 7) % 251
        const chunk = Buffer.alloc(Math.min(left, 65_536), value)
        sent.update(chunk)
        left -= chunk.length
        if (!socket.write(chunk)) {
          socket.once('drain', pump)
          return
        }
      }
      socket.end()
    }
    socket.on('connect', pump)
    socket.on('data', (chunk) => got.update(chunk))
    socket.on('end', () => console.log(JSON.stringify({ sent: sent.digest('hex'), got: got.digest('hex') })))
    socket.on('error', (error) => console.log(JSON.stringify({ error: (error as { code?: string }).code })))
  },
  /** Echoes TCP and UDP on a port, UDP by IPv4 or by the family given; prints `ready`. */
  echo: (port, family = 'udp4') => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.pipe(socket)
      socket.on('error', () => {})
    })
    const udp = createSocket(family as 'udp4' | 'udp6')
    udp.on('message', (message, { port: from, address }) => udp.send(message, from, address))
    udp.bind(Number(port), () => server.listen(Number(port), () => console.log('ready')))
  },
  /** Sends one datagram of so many bytes and prints the length and source of the answer, or the error. */
  datagram: (address, port, bytes) => {
    const socket = createSocket(address!.includes(':') ? 'udp6' : 'udp4')
    socket.connect(Number(port), address!, () => socket.send(Buffer.alloc(Number(bytes), 'x')))
    const finish = (text: string): void => {
      console.log(text)
      process.exit()
    }
    socket.on('message', (message, from) => finish(`${message.length} ${from.address}:${from.port}`))
    socket.on('error', (error) => finish((error as { code?: string }).code ?? ''))
    setTimeout(() => finish('no answer'), 3000)
  },
}

scripts[name]?.(...args)
