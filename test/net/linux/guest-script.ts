/** Small programs that tests run in the guest's namespace: `node guest-script.ts NAME ARGS`. */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import { exchange, type Order } from './exchange.ts'

const [name = '', ...args] = process.argv.slice(2)

const scripts: Record<string, (...args: string[]) => void> = {
  /** Sends this many bytes, half-closes, and prints the hashes of the sent and received data. */
  'send-then-read': (address, port, bytes) => {
    const socket = connect({ host: address!, port: Number(port), allowHalfOpen: true })
    const sent = createHash('sha256')
    const got = createHash('sha256')
    let left = Number(bytes)
    let value = 0
    const loop = (): void => {
      while (left > 0) {
        value = (value * 31 + 7) % 251
        const chunk = Buffer.alloc(Math.min(left, 65_536), value)
        sent.update(chunk)
        left -= chunk.length
        if (!socket.write(chunk)) {
          socket.once('drain', loop)
          return
        }
      }
      socket.end()
    }
    socket.on('connect', loop)
    socket.on('data', (chunk) => got.update(chunk))
    socket.on('end', () => console.log(JSON.stringify({ sent: sent.digest('hex'), got: got.digest('hex') })))
    socket.on('error', (error) => console.log(JSON.stringify({ error: (error as { code?: string }).code })))
  },
  /** Reads to the end, or to an error, and prints the number of bytes received. */
  'read-all': (address, port) => {
    let bytes = 0
    const socket = connect({ host: address!, port: Number(port), allowHalfOpen: true })
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    socket.on('end', () => console.log(JSON.stringify({ bytes, end: 'FIN' })))
    socket.on('error', (error) =>
      console.log(JSON.stringify({ bytes, end: (error as { code?: string }).code })),
    )
  },
  /** Exchanges data with a server (exchange.ts) and prints the hashes. */
  exchange: (address, port, order, bytes) => {
    const socket = connect({ host: address!, port: Number(port), allowHalfOpen: true })
    exchange(socket, order as Order, Number(bytes)).then(
      (hashes) => console.log(JSON.stringify(hashes)),
      (error) => console.log(JSON.stringify({ error: error.code })),
    )
  },
  /** Exchanges data with each client; prints `ready`, then a line per client. */
  'exchange-server': (port, order, bytes) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      void exchange(socket, order as Order, Number(bytes)).then((hashes) =>
        console.log(JSON.stringify(hashes)),
      )
    })
    server.listen(Number(port), () => console.log('ready'))
  },
  /** Opens connections, prints their number, and holds them until its input ends. */
  hold: (address, port, count) => {
    let open = 0
    for (let i = 0; i < Number(count); i += 1) {
      const socket = connect(Number(port), address!, () => {
        open += 1
        if (open === Number(count)) console.log(open)
      })
      socket.on('error', () => {})
      process.stdin.on('end', () => socket.destroy())
    }
    process.stdin.resume()
  },
  /** Sends a datagram from each of this many ports, and prints the number of replies once all have arrived. */
  datagrams: (address, port, count) => {
    let answers = 0
    for (let i = 0; i < Number(count); i += 1) {
      const socket = createSocket('udp4')
      socket.on('message', () => {
        answers += 1
        socket.close()
        if (answers === Number(count)) console.log(answers)
      })
      const send = (): void => socket.send('x', Number(port), address!, () => {})
      socket.bind(0, send)
      const again = setInterval(send, 1000)
      socket.on('close', () => clearInterval(again))
    }
  },
  /** Sends many datagrams of one size at once and prints how many different ones were returned. */
  burst: (address, port, bytes, count) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
    const seen = new Set<number>()
    const send = (): void => {
      for (let i = 0; i < Number(count); i += 1) {
        if (seen.has(i)) continue
        const message = Buffer.alloc(Number(bytes), i)
        message.writeUInt32BE(i)
        socket.send(message)
      }
    }
    socket.connect(Number(port), address!, send)
    const again = setInterval(send, 1000)
    socket.on('message', (message) => {
      const i = message.readUInt32BE()
      if (message.length === Number(bytes) && message.at(-1) === (i & 255)) seen.add(i)
      if (seen.size < Number(count)) return
      clearInterval(again)
      console.log(seen.size)
      process.exit()
    })
  },
  /** Echoes TCP and UDP on a port, UDP over IPv4 or the given family; prints `ready`. */
  echo: (port, family = 'udp4') => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.pipe(socket)
      socket.on('error', () => {})
    })
    const udp = createSocket(family as 'udp4' | 'udp6')
    udp.on('message', (message, { port: from, address }) => udp.send(message, from, address))
    udp.bind(Number(port), () => server.listen(Number(port), () => console.log('ready')))
  },
  /** Sends one datagram of this size and prints the length and source of the reply, or the error. */
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
