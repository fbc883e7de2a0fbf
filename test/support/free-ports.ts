/**
 * Free TCP ports of the host. Below those that the kernel gives to outgoing connections (ip(7), ip_local_port_range):
 * nobody else takes one between the look and its use.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const [lowest, beyond] = [20_000, 32_000]

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '::', () => server.close(() => resolve(true)))
  })

export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(lowest, beyond)
    if (!ports.has(port) && (await isFree(port))) ports.add(port)
  }
  return [...ports]
}
