/**
 * Cost of checking the server name: one TCP stream whose destination an egress rule allows by address, and
 * one allowed by name, which its first bytes must then carry (TLS SNI, HTTP Host), in alternating runs. Needs
 * root and a C compiler.
 *
 *   node bench/net/server-names.ts [--runs 5] [--megabytes 512] [--mtu 1500,65520]
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds, summary, writeResult } from './measure.ts'
import { desktop } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '512' },
    mtu: { type: 'string', default: '1500,65520' },
  },
})

const name = 'host.docker.internal'
const egress = (rule: string): string[] => ['--egress', JSON.stringify({ default: 'deny', rules: [rule] })]
const byAddress = desktop(undefined, egress('allow 192.168.65.254'))
const byName = desktop(undefined, egress(`allow ${name}`))
const variants = [
  { name: 'by address', peer: byAddress, first: 'http' },
  { name: 'by name, HTTP', peer: byName, first: 'http' },
  { name: 'by name, TLS', peer: byName, first: 'tls' },
] as const
const directions = ['host to guest', 'guest to host'] as const

const bytes = Number(values.megabytes) * 1e6
const piece = Buffer.alloc(2 ** 20)

/**
 * Sends `bytes` on a connection of the first kind; on the other, sends one byte once the guest has sent its
 * data.
 */
function serve(direction: (typeof directions)[number], socket: Socket): void {
  socket.on('error', () => {})
  if (direction === 'guest to host') {
    socket.resume().on('end', () => socket.end('.'))
    return
  }
  let sent = 0
  const send = (): void => {
    while (sent < bytes) {
      sent += piece.length
      if (!socket.write(piece)) return
    }
    socket.end()
  }
  socket.once('data', send).on('drain', send)
}

interface Result {
  gigabits: number
  /** CPU seconds of the forwarder per gigabyte, the figure least affected by other load on the host. */
  cpu: number
}

async function measure(
  tools: Tools,
  mtu: number,
  { peer, first }: (typeof variants)[number],
): Promise<Result[]> {
  await using testbed = await Testbed.open(tools, peer, { mtu })
  const results: Result[] = []
  for (const direction of directions) {
    const server = createServer({ allowHalfOpen: true }, (socket) => serve(direction, socket)).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const client = [process.execPath, join(import.meta.dirname, 'server-names-client.ts')]
    const asked = [first, direction, `${port}`, `${bytes}`]
    const before = cpuSeconds(testbed.pid)
    const gigabits = Number(await testbed.inside(...client, ...asked))
    const cpu = ((cpuSeconds(testbed.pid) - before) * 1e9) / bytes
    results.push({ gigabits, cpu })
    server.close()
  }
  return results
}

const tools = new Tools()
const rows: object[] = []
for (const mtu of values.mtu.split(',').map(Number)) {
  const runs = variants.map((): Result[][] => [])
  for (let count = 0; count < Number(values.runs); count += 1) {
    // In turns, so that a busy moment of the host does not count for one of them only.
    const order = [...variants.entries()]
    for (const [i, variant] of count % 2 === 0 ? order : order.reverse())
      runs[i]!.push(await measure(tools, mtu, variant))
  }
  for (const [d, direction] of directions.entries()) {
    for (const [i, variant] of variants.entries()) {
      const row = {
        ...{
          mtu,
          direction,
          variant: variant.name,
          gigabitsPerSecond: summary(runs[i]!.map((run) => run[d]!.gigabits)),
        },
        ratioToByAddress: summary(runs[i]!.map((run, at) => run[d]!.gigabits / runs[0]![at]![d]!.gigabits)),
        cpuSecondsPerGigabyte: summary(runs[i]!.map((run) => run[d]!.cpu)),
        cpuRatioToByAddress: summary(runs[i]!.map((run, at) => run[d]!.cpu / runs[0]![at]![d]!.cpu)),
      }
      rows.push(row)
      const { median, min, max } = row.gigabitsPerSecond
      const ratios = `${row.ratioToByAddress.median}x, CPU ${row.cpuRatioToByAddress.median}x`
      console.log([mtu, direction, variant.name, `${median} (${min}-${max})`, ratios].join('\t'))
    }
  }
  writeResult('net-server-names', { ...values, rows })
}
