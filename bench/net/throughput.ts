/**
 * Throughput of the forwarder and its peers, with Linux's own TCP as guest behind a tap in a network namespace: by
 * MTU, number of streams and direction, through dialled and published ports. Reports medians, ranges, ratios within
 * each run, and the forwarder's CPU seconds per gigabyte. Runs alternate between the peers, after a warm-up. Needs
 * root, a C compiler, iperf3 and the peers. `slirp4netns` owns the tap; all other peers use it through the process
 * tap-bridge, so `slirp4netns-bess` is the comparable variant. vm.ts measures the same with a real VM.
 *
 *   node bench/net/throughput.ts [--quick] [--runs 5] [--seconds 2] [--mtu 1500,9000,65520] [--streams 1,4,32]
 *                                [--peers desktop,passt,slirp4netns,slirp4netns-bess,libslirp]
 *                                [--directions 0,1,2,3] [--out net-throughput]
 *
 * PASST in the environment selects another passt than the one on the path.
 *
 * `--quick` takes less than four minutes and skips cells without a target. The result is written after every MTU; a
 * partial run gets a separate name, unless --out sets one.
 */
import { parseArgs } from 'node:util'
import { besides, nameOfPart, rowsOf, type Sample, shown } from './compare.ts'
import { again, type Cell, cellsOf, mapping, numbers, port, serve, transfer } from './iperf.ts'
import { cpuSeconds, writeResult } from './measure.ts'
import { desktop, libslirp, type Peer, passt, slirp4netns, slirp4netnsBess, versions } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    mtu: { type: 'string' },
    streams: { type: 'string' },
    peers: { type: 'string' },
    directions: { type: 'string' },
    out: { type: 'string' },
  },
})
const quick = {
  runs: '3',
  seconds: '1',
  mtu: '1500,9000,65520',
  streams: '1,4',
  peers: 'desktop,passt,slirp4netns,slirp4netns-bess',
  directions: '0,1',
}
const full = {
  runs: '5',
  seconds: '2',
  mtu: '1500,9000,65520',
  streams: '1,4,32',
  peers: 'desktop,passt,slirp4netns,slirp4netns-bess,libslirp',
  directions: '0,1,2,3',
}
const values = { ...(given.quick ? quick : full), ...given }
const { mtu: mtus, streams, peers: names, directions } = given
const whole = given.quick ? 'net-throughput-quick' : 'net-throughput'
const out = given.out ?? nameOfPart(whole, { mtu: mtus, streams, peers: names, directions })

const peers = [desktop(), passt, slirp4netns, slirp4netnsBess, libslirp].filter(({ name }) =>
  values.peers.split(',').includes(name),
)
const cells = cellsOf(values.streams, values.directions)

/** One transfer, and its cost for the forwarder. */
async function run(testbed: Testbed, cell: Cell, seconds: string): Promise<Sample> {
  const before = cpuSeconds(testbed.pid)
  const sides = {
    host: testbed.peer.host,
    mappedPort: mapping.hostPort,
    inside: (...command: string[]) => testbed.inside(...command),
    outside: (program: string, ...args: string[]) => testbed.outside(program, ...args),
  }
  const { bytes, gigabitsPerSecond } = await transfer(sides, cell, seconds)
  return { gigabitsPerSecond, cpuSecondsPerGigabyte: ((cpuSeconds(testbed.pid) - before) * 1e9) / bytes }
}

/** All cells of one MTU, once. */
async function measure(peer: Peer, mtu: number): Promise<Map<Cell, Sample>> {
  await using testbed = await Testbed.open(tools, peer, { mtu, mappings: [mapping] })
  testbed.startOutside(serve(port))
  testbed.startInside(serve(mapping.guestPort))
  // Warm up first, because these processes normally run for days.
  for (const cell of cellsOf('1', values.directions)) await again(() => run(testbed, cell, '1'))
  const samples = new Map<Cell, Sample>()
  for (const cell of cells) samples.set(cell, await again(() => run(testbed, cell, values.seconds)))
  return samples
}

const tools = new Tools()
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  const able = peers.filter((peer) => peer !== libslirp || mtu === 1500)
  const runs = new Map(able.map(({ name }): [string, Map<Cell, Sample>[]] => [name, []]))
  for (let count = 0; count < Number(values.runs); count += 1) {
    for (const peer of able) runs.get(peer.name)!.push(await measure(peer, mtu))
  }
  for (const cell of cells) {
    for (const { peer, medians, ratioTo } of rowsOf(runs, cell, [
      'gigabitsPerSecond',
      'cpuSecondsPerGigabyte',
    ])) {
      const { gigabitsPerSecond = {}, cpuSecondsPerGigabyte = {} } = ratioTo
      const ratios =
        peer === 'desktop' ? { ratioTo: gigabitsPerSecond, cpuRatioTo: cpuSecondsPerGigabyte } : {}
      rows.push({ mtu, ...cell, peer, ...medians, ...ratios })
      const cost = `${medians.cpuSecondsPerGigabyte!.median} s/GB`
      const figures = [shown(medians.gigabitsPerSecond!), cost, ...besides(gigabitsPerSecond)]
      console.log([mtu, cell.streams, cell.direction, peer, ...figures].join('\t'))
    }
  }
  writeResult(out, { ...values, versions: versions(), rows })
}
