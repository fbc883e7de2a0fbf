/**
 * Bytes per second through the forwarder and through passt, with Linux's own TCP as guest behind a tap in a network
 * namespace: both directions, alternating runs, medians and ranges, and processor seconds per gigabyte. Needs
 * root, a C compiler, iperf3 and passt.
 *
 *   node bench/net/throughput.ts [--runs 5] [--seconds 3] [--mtu 1500,65520] [--streams 1,4]
 */
import { parseArgs } from 'node:util'
import { Bed, Tools } from './bed.ts'
import { cpuSeconds, summary, writeResult } from './measure.ts'
import { desktop, type Peer, passt } from './peers.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    mtu: { type: 'string', default: '1500,65520' },
    streams: { type: 'string', default: '1,4' },
  },
})
const numbers = (list: string): number[] => list.split(',').map(Number)
const port = '5391'
const peers: readonly Peer[] = [desktop(), passt]

interface Sample {
  gigabitsPerSecond: number
  cpuSecondsPerGigabyte: number
}

/** Both directions, guest to host first. */
async function measure(tools: Tools, peer: Peer, mtu: number, streams: number): Promise<[Sample, Sample]> {
  await using bed = await Bed.open(tools, peer, { mtu })
  bed.startOutside(['iperf3', '-s', '-p', port])
  const run = async (...direction: string[]): Promise<Sample> => {
    const before = cpuSeconds(bed.pid)
    const client = ['iperf3', '-c', peer.host, '-p', port, '-t', values.seconds, '-P', `${streams}`, '-J']
    const report = JSON.parse(await bed.inside(...client, ...direction))
    const { bits_per_second, bytes } = report.end.sum_received
    const used = cpuSeconds(bed.pid) - before
    return { gigabitsPerSecond: bits_per_second / 1e9, cpuSecondsPerGigabyte: (used * 1e9) / bytes }
  }
  return [await run(), await run('-R')]
}

using tools = new Tools()
const rows: object[] = []
for (const mtu of numbers(values.mtu)) {
  for (const streams of numbers(values.streams)) {
    const samples = new Map(peers.map((peer) => [peer, [[], []] as [Sample[], Sample[]]]))
    for (let run = 0; run < Number(values.runs); run += 1) {
      for (const peer of peers) {
        const both = await measure(tools, peer, mtu, streams)
        for (const direction of [0, 1] as const) samples.get(peer)![direction].push(both[direction])
      }
    }
    for (const [peer, both] of samples) {
      for (const [direction, list] of both.entries()) {
        const row = {
          peer: peer.name,
          mtu,
          streams,
          direction: direction === 0 ? 'guest to host' : 'host to guest',
          gigabitsPerSecond: summary(list.map((sample) => sample.gigabitsPerSecond)),
          cpuSecondsPerGigabyte: summary(list.map((sample) => sample.cpuSecondsPerGigabyte)),
        }
        rows.push(row)
        const { median, min, max } = row.gigabitsPerSecond
        const cpu = row.cpuSecondsPerGigabyte.median
        console.log(
          `${row.peer}\tmtu ${mtu}\t${streams}\t${row.direction}\t${median} (${min}-${max})\t${cpu} s/GB`,
        )
      }
    }
  }
}
writeResult('net-throughput', { ...values, rows })
