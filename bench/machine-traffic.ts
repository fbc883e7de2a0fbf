/** Throughput of a running machine: to the host, and through the switches to another machine of the same file. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { until } from './net/measure.ts'

type Desktop = (...args: string[]) => Promise<string>

const mebibytes = 512
const port = 5000
/** As the kernel lists a listening socket of that port. */
const listening = `:${port.toString(16).toUpperCase()} 0*:0000 0A`

/** Seconds until the receiver has all bytes and closes. */
async function send(desktop: Desktop, from: string, host: string, at: number): Promise<number> {
  const began = performance.now()
  await desktop(
    'exec',
    from,
    '--',
    'sh',
    '-c',
    `dd if=/dev/zero bs=64k count=${mebibytes * 16} | nc ${host} ${at}`,
  )
  return (performance.now() - began) / 1000
}

/** Mbit/s. */
const rate = (seconds: number): number => Math.round((mebibytes * 2 ** 20 * 8) / seconds / 1e6)

export async function toHost(desktop: Desktop, from: string): Promise<number> {
  const server = createServer({ allowHalfOpen: false }, (socket) => socket.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  try {
    return rate(await send(desktop, from, 'host.docker.internal', address.port))
  } finally {
    server.close()
  }
}

export async function toMachine(desktop: Desktop, from: string, to: string): Promise<number> {
  const received = desktop('exec', to, '--', 'sh', '-c', `nc -l -p ${port} </dev/null >/dev/null`)
  const isListening = (): Promise<boolean> =>
    desktop('exec', to, '--', 'grep', '-q', listening, '/proc/net/tcp', '/proc/net/tcp6').then(
      () => true,
      () => false,
    )
  await until(isListening, `${to} to listen`)
  const seconds = await send(desktop, from, `${to}.bench.internal`, port)
  await received
  return rate(seconds)
}
