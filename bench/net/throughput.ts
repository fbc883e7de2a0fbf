/**
 * Bytes per second through the forwarder and its peers, with Linux's own TCP as guest behind a tap in a network
 * namespace: by MTU, number of streams and direction, through dialled and through published ports. Runs
 * alternate between the peers; medians, ranges, ratios of the runs that stood side by side, and the forwarder's
 * processor seconds per gigabyte; each peer is warm before it is measured. Needs root, a C compiler, iperf3 and the peers.
 * All peers but `slirp4netns`, which owns the tap, reach it through one and the same process, tap-bridge, so that
 * `slirp4netns-bess` is the one that does the same work.
 *
 *   node bench/net/throughput.ts [--quick] [--runs 5] [--seconds 2] [--mtu 1500,9000,65520] [--streams 1,4,32]
 *                                [--peers desktop,passt,slirp4netns,slirp4netns-bess,libslirp]
 *                                [--directions 0,1,2,3]
 *
 * `--quick` takes less than four minutes and leaves out what has no target.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Bed, Tools } from './bed.ts'
import { cpuSeconds, type Summary, summary, writeResult } from './measure.ts'
import { desktop, libslirp, type Peer, passt, slirp4netns, slirp4netnsBess } from './peers.ts'

const { values: given } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    mtu: { type: 'string', default: '1500,9000,65520' },
    streams: { type: 'string' },
    peers: { type: 'string' },
    directions: { type: 'string' },
  },
})
const quick = {
  runs: '3',
  seconds: '1',
  streams: '1,4',
  peers: 'desktop,passt,slirp4netns,slirp4netns-bess',
  directions: '0,1',
}
const full = {
  runs: '5',
  seconds: '2',
  streams: '1,4,32',
  peers: 'desktop,passt,slirp4netns,slirp4netns-bess,libslirp',
  directions: '0,1,2,3',
}
const values = { ...(given.quick ? quick : full), ...given }

const numbers = (list: string): number[] => list.split(',').map(Number)
const port = 5391
const mapping = { protocol: 'tcp', hostPort: 5398, guestPort: 5399 } as const
const peers = [desktop(), passt, slirp4netns, slirp4netnsBess, libslirp].filter(({ name }) =>
  values.peers.split(',').includes(name),
)

const directions = [
  'guest to host',
  'host to guest',
  'mapped, guest to host',
  'mapped, host to guest',
] as const
type Direction = (typeof directions)[number]
const chosen = numbers(values.directions).map((index) => directions[index]!)

interface Sample {
  gigabitsPerSecond: number
  cpuSecondsPerGigabyte: number
}

/** One run of iperf3 and what it cost the forwarder. */
async function run(bed: Bed, direction: Direction, streams: number, seconds: string): Promise<Sample> {
  const isMapped = direction.startsWith('mapped')
  const isFromClient = isMapped === direction.endsWith('host to guest')
  const to = isMapped ? ['127.0.0.1', '-p', `${mapping.hostPort}`] : [bed.peer.host, '-p', `${port}`]
  const load = ['-t', seconds, '-P', `${streams}`, '-J', ...(isFromClient ? [] : ['-R'])]
  const client = ['iperf3', '-c', ...to, ...load]
  const before = cpuSeconds(bed.pid)
  const text = isMapped ? await bed.outside(client[0]!, ...client.slice(1)) : await bed.inside(...client)
  const { bits_per_second, bytes } = JSON.parse(text).end.sum_received
  const used = cpuSeconds(bed.pid) - before
  return { gigabitsPerSecond: bits_per_second / 1e9, cpuSecondsPerGigabyte: (used * 1e9) / bytes }
}

interface Cell {
  streams: number
  direction: Direction
}

const cells: readonly Cell[] = numbers(values.streams).flatMap((streams) =>
  chosen.map((direction) => ({ streams, direction })),
)

/** All cells of one MTU, once; a stream that stalls can make iperf3 give up, so a failed run is repeated. */
async function measure(tools: Tools, peer: Peer, mtu: number): Promise<Map<Cell, Sample>> {
  await using bed = await Bed.open(tools, peer, { mtu, mappings: [mapping] })
  bed.startOutside(['iperf3', '-s', '-p', `${port}`])
  bed.startInside(['iperf3', '-s', '-p', `${mapping.guestPort}`])
  const again = (direction: Direction, streams: number, seconds: string): Promise<Sample> => {
    const once = () => run(bed, direction, streams, seconds)
    return once().catch(() => delay(500).then(once))
  }
  // What runs for days is measured when it is warm.
  for (const direction of chosen) await again(direction, 1, '1')
  const samples = new Map<Cell, Sample>()
  for (const cell of cells) samples.set(cell, await again(cell.direction, cell.streams, values.seconds))
  return samples
}

type Runs = Map<Peer, Map<Cell, Sample>[]>

/** The row of a peer; ours with its ratio to each other, run by run. */
function rowOf(runs: Runs, peer: Peer, cell: Cell) {
  const of = (one: Peer, field: keyof Sample) => runs.get(one)!.map((run) => run.get(cell)![field])
  const speeds = of(peer, 'gigabitsPerSecond')
  const ratioTo: Record<string, Summary> = {}
  for (const other of runs.keys()) {
    if (peer.name !== 'desktop' || other === peer) continue
    const theirs = of(other, 'gigabitsPerSecond')
    ratioTo[other.name] = summary(speeds.map((speed, index) => speed / theirs[index]!))
  }
  return {
    peer: peer.name,
    gigabitsPerSecond: summary(speeds),
    cpuSecondsPerGigabyte: summary(of(peer, 'cpuSecondsPerGigabyte')),
    ...(peer.name === 'desktop' ? { ratioTo } : {}),
  }
}

using tools = new Tools()
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  const able = peers.filter((peer) => peer !== libslirp || mtu === 1500)
  const runs: Runs = new Map(able.map((peer) => [peer, []]))
  for (let count = 0; count < Number(values.runs); count += 1) {
    for (const peer of able) runs.get(peer)!.push(await measure(tools, peer, mtu))
  }
  for (const cell of cells) {
    for (const peer of able) {
      const row = rowOf(runs, peer, cell)
      rows.push({ mtu, ...cell, ...row })
      const { median, min, max } = row.gigabitsPerSecond
      const ratios = Object.entries(row.ratioTo ?? {}).map(([name, ratio]) => `${ratio.median}x ${name}`)
      const figures = [`${median} (${min}-${max})`, `${row.cpuSecondsPerGigabyte.median} s/GB`, ...ratios]
      console.log([mtu, cell.streams, cell.direction, peer.name, ...figures].join('\t'))
    }
  }
  writeResult('net-throughput', { ...values, rows })
}
