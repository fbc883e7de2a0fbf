/**
 * Share of datagrams that arrive when sent evenly at given rates: from the guest to the host, and through a
 * port mapping from the host to the guest; this project, passt and slirp4netns alternate. Needs root, a C
 * compiler and the peers.
 *
 *   node bench/net/datagrams.ts [--runs 5] [--ms 1500] [--bytes 1472,8972] [--rates 20000,60000,200000]
 *
 * Datagrams of 8972 bytes use a link with an MTU of 9000. The highest rate exceeds the capacity of all peers.
 */
import type { SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { cpuSeconds, rounded, summary, writeResult } from './measure.ts'
import { desktop, type Peer, passt, slirp4netns } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    ms: { type: 'string', default: '1500' },
    bytes: { type: 'string', default: '1472,8972' },
    rates: { type: 'string', default: '20000,60000,200000' },
  },
})
const numbers = (list: string): number[] => list.split(',').map(Number)

const hostPort = 5395
const mappedPort = 5396
const guestPort = 5397

interface Sample {
  sentPerSecond: number
  receivedPerSecond: number
  lostPercent: number
  cpuMicrosecondsPerDatagram: number
}

type Direction = 'guest to host' | 'host to guest'
const directions: readonly Direction[] = ['guest to host', 'host to guest']

async function measure(
  testbed: Testbed,
  load: string,
  direction: Direction,
  bytes: number,
  rate: number,
): Promise<Sample> {
  const isOutgoing = direction === 'guest to host'
  const stdio: SpawnOptions = { stdio: ['pipe', 'pipe', 'inherit'] }
  const sink = isOutgoing
    ? testbed.startOutside([load, 'sink', `${hostPort}`], stdio)
    : testbed.startInside([load, 'sink', `${guestPort}`], stdio)
  await once(sink.stdout!, 'data')
  const how = [`${bytes}`, `${rate}`, values.ms]
  const before = cpuSeconds(testbed.pid)
  const report = isOutgoing
    ? await testbed.inside(load, 'send', testbed.peer.host, `${hostPort}`, ...how)
    : await testbed.outside(load, 'send', '127.0.0.1', `${mappedPort}`, ...how)
  const { sent, seconds } = JSON.parse(report)
  // Wait for datagrams in flight.
  await new Promise((resolve) => setTimeout(resolve, 100))
  const used = cpuSeconds(testbed.pid) - before
  const ended = once(sink, 'close')
  const counted = once(sink.stdout!, 'data')
  sink.stdin!.end()
  const [text] = await counted
  await ended
  const { received } = JSON.parse(String(text))
  return {
    sentPerSecond: sent / seconds,
    receivedPerSecond: received / seconds,
    lostPercent: (100 * (sent - received)) / sent,
    cpuMicrosecondsPerDatagram: (used * 1e6) / received,
  }
}

const tools = new Tools('load')
const peers: readonly Peer[] = [desktop(), passt, slirp4netns]
const samples = new Map<string, Sample[]>()
const nameOf = (...parts: readonly (string | number)[]): string => parts.join('\t')
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const bytes of numbers(values.bytes)) {
    for (const peer of peers) {
      const mappings = [{ protocol: 'udp', hostPort: mappedPort, guestPort } as const]
      await using testbed = await Testbed.open(tools, peer, { mtu: bytes + 28, mappings })
      for (const direction of directions) {
        for (const rate of numbers(values.rates)) {
          const name = nameOf(peer.name, direction, bytes, rate)
          const sample = await measure(testbed, tools.path('load'), direction, bytes, rate)
          samples.set(name, [...(samples.get(name) ?? []), sample])
        }
      }
    }
  }
}

const rows: object[] = []
for (const bytes of numbers(values.bytes)) {
  for (const direction of directions) {
    for (const rate of numbers(values.rates)) {
      const received = (peer: Peer) =>
        summary(samples.get(nameOf(peer.name, direction, bytes, rate))!.map((one) => one.receivedPerSecond))
      for (const peer of peers) {
        const of = (pick: (sample: Sample) => number) =>
          summary(samples.get(nameOf(peer.name, direction, bytes, rate))!.map(pick))
        const row = {
          peer: peer.name,
          direction,
          bytes,
          offeredPerSecond: rate,
          sentPerSecond: of((one) => one.sentPerSecond),
          receivedPerSecond: received(peer),
          lostPercent: of((one) => one.lostPercent),
          cpuMicrosecondsPerDatagram: of((one) => one.cpuMicrosecondsPerDatagram),
        }
        rows.push(row)
        const ratio = rounded(row.receivedPerSecond.median / received(passt).median)
        const { median, min, max } = row.receivedPerSecond
        console.log(
          `${bytes} B\t${direction}\t${rate}/s\t${peer.name}\treceived ${median} (${min}-${max})/s = ${ratio} passt` +
            `\tlost ${row.lostPercent.median} %\t${row.cpuMicrosecondsPerDatagram.median} us CPU each`,
        )
      }
    }
  }
}
writeResult('net-datagrams', { ...values, rows })
