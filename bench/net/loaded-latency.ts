/**
 * TCP round-trip time of one byte beside streams that keep the link busy: what large reads and link buffers cost the other
 * flows. Guest as in throughput.ts; the peers alternate. Needs root, a C compiler, iperf3 and the peers.
 *
 *   node bench/net/loaded-latency.ts [--runs 5] [--seconds 4] [--requests 300] [--mtu 1500,9000,65520] [--streams 4]
 *                                    [--directions 0,1] [--peers desktop,passt,slirp4netns-bess]
 *                                    [--out net-loaded-latency]
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { besides, rowsOf, type Sample, shown } from './compare.ts'
import { again, type Cell, cellsOf, mapping, numbers, port, serve, transfer } from './iperf.ts'
import { until, writeResult } from './measure.ts'
import { desktop, type Peer, passt, slirp4netnsBess, versions } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    requests: { type: 'string', default: '300' },
    mtu: { type: 'string', default: '1500,9000,65520' },
    streams: { type: 'string', default: '4' },
    directions: { type: 'string', default: '0,1' },
    peers: { type: 'string', default: 'desktop,passt,slirp4netns-bess' },
    out: { type: 'string', default: 'net-loaded-latency' },
  },
})

const echoPort = 5392
const peers = [desktop(), passt, slirp4netnsBess].filter(({ name }) => values.peers.split(',').includes(name))
const cells = cellsOf(values.streams, values.directions)
const tools = new Tools('load')

async function run(testbed: Testbed, cell: Cell): Promise<Sample> {
  const { host } = testbed.peer
  const sides = {
    host,
    mappedPort: mapping.hostPort,
    inside: (...command: string[]) => testbed.inside(...command),
    outside: (program: string, ...args: string[]) => testbed.outside(program, ...args),
  }
  const [{ gigabitsPerSecond }, text] = await Promise.all([
    transfer(sides, cell, values.seconds),
    // Once all streams are busy.
    delay(1000).then(() =>
      testbed.inside(tools.path('load'), 'latency', host, `${echoPort}`, values.requests, '1'),
    ),
  ])
  const { p50, p99 } = JSON.parse(text)
  return { p50Ms: p50 / 1000, p99Ms: p99 / 1000, gigabitsPerSecond }
}

async function measure(peer: Peer, mtu: number): Promise<Map<Cell, Sample>> {
  await using testbed = await Testbed.open(tools, peer, { mtu, mappings: [mapping] })
  testbed.startOutside(serve(port))
  testbed.startOutside([tools.path('load'), 'serve', `${echoPort}`])
  // Warm up first, because these processes normally run for days.
  const echo = () => testbed.inside(tools.path('load'), 'latency', peer.host, `${echoPort}`, '10', '1')
  await until(() => echo().then(Boolean, () => false), `${peer.name} to connect`)
  await again(() => run(testbed, cells[0]!))
  const samples = new Map<Cell, Sample>()
  for (const cell of cells) samples.set(cell, await again(() => run(testbed, cell)))
  return samples
}

const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  const runs = new Map(peers.map(({ name }): [string, Map<Cell, Sample>[]] => [name, []]))
  for (let count = 0; count < Number(values.runs); count += 1) {
    for (const peer of peers) runs.get(peer.name)!.push(await measure(peer, mtu))
  }
  for (const cell of cells) {
    for (const { peer, medians, ratioTo } of rowsOf(runs, cell, ['p50Ms', 'p99Ms'])) {
      rows.push({ mtu, ...cell, peer, ...medians, ...(peer === 'desktop' ? { ratioTo } : {}) })
      const { p50Ms, p99Ms, gigabitsPerSecond } = medians
      const figures = [
        `${shown(p50Ms!)} ms`,
        `p99 ${shown(p99Ms!)} ms`,
        `${gigabitsPerSecond!.median} Gbit/s`,
      ]
      console.log(
        [mtu, cell.streams, cell.direction, peer, ...figures, ...besides(ratioTo.p50Ms ?? {})].join('\t'),
      )
    }
  }
  writeResult(values.out, { ...values, versions: versions(), rows })
}
