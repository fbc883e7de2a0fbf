/**
 * TCP round-trip time of one byte, and connections opened and closed per second: from the guest to the host,
 * and through a port mapping from the host to the guest; this project, passt and slirp4netns alternate. Needs
 * root, a C compiler and the peers.
 *
 *   node bench/net/latency.ts [--runs 5] [--requests 5000] [--ms 2000] [--parallel 8]
 */
import { parseArgs } from 'node:util'
import { cpuSeconds, rounded, summary, until, writeResult } from './measure.ts'
import { desktop, type Peer, passt, slirp4netns } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    requests: { type: 'string', default: '5000' },
    ms: { type: 'string', default: '2000' },
    parallel: { type: 'string', default: '8' },
  },
})

const hostPort = 5392
const mappedPort = 5393
const guestPort = 5394
const mtu = 1500

interface Sample {
  p50Us: number
  p99Us: number
  connectsPerSecond: number
  connectP50Us: number
  failed: number
  cpuMicrosecondsPerConnect: number
}

type Direction = 'guest to host' | 'host to guest'

async function measure(tools: Tools, peer: Peer): Promise<Record<Direction, Sample>> {
  const mappings = [{ protocol: 'tcp', hostPort: mappedPort, guestPort } as const]
  await using testbed = await Testbed.open(tools, peer, { mtu, mappings })
  const load = tools.path('load')
  testbed.startOutside([load, 'serve', `${hostPort}`])
  testbed.startInside([load, 'serve', `${guestPort}`])
  // Many short connections from one address need their ports again as soon as possible.
  await testbed.inside('sysctl', '-qw', 'net.ipv4.tcp_tw_reuse=1', 'net.ipv4.ip_local_port_range=2048 65535')
  const run = async (client: (...args: string[]) => Promise<string>, address: string, port: number) => {
    const to = [address, `${port}`]
    const text = () => client(load, 'latency', ...to, '10', '1')
    await until(
      () =>
        text().then(
          () => true,
          () => false,
        ),
      `${peer.name} to connect`,
    )
    // Warm up first, because these processes normally run for days.
    await client(load, 'connect', ...to, '1000', values.parallel, '1')
    const latency = JSON.parse(await client(load, 'latency', ...to, values.requests, '1'))
    const before = cpuSeconds(testbed.pid)
    const connect = JSON.parse(await client(load, 'connect', ...to, values.ms, values.parallel, '1'))
    const used = cpuSeconds(testbed.pid) - before
    return {
      p50Us: latency.p50,
      p99Us: latency.p99,
      connectsPerSecond: connect.perSecond,
      connectP50Us: connect.p50,
      failed: connect.failed + connect.unfinished,
      cpuMicrosecondsPerConnect: (used * 1e6) / connect.count,
    }
  }
  return {
    'guest to host': await run((...args) => testbed.inside(...args), peer.host, hostPort),
    'host to guest': await run(
      (program, ...args) => testbed.outside(program!, ...args),
      '127.0.0.1',
      mappedPort,
    ),
  }
}

const tools = new Tools('load')
const peers = [desktop(), passt, slirp4netns]
const samples = new Map<Peer, Record<Direction, Sample>[]>(peers.map((peer) => [peer, []]))
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const peer of peers) samples.get(peer)!.push(await measure(tools, peer))
}

const directions: readonly Direction[] = ['guest to host', 'host to guest']
const rows = directions.flatMap((direction) =>
  peers.map((peer) => {
    const of = (pick: (sample: Sample) => number) =>
      summary(samples.get(peer)!.map((sample) => pick(sample[direction])))
    return {
      peer: peer.name,
      direction,
      latencyP50Us: of((sample) => sample.p50Us),
      latencyP99Us: of((sample) => sample.p99Us),
      connectsPerSecond: of((sample) => sample.connectsPerSecond),
      connectP50Us: of((sample) => sample.connectP50Us),
      cpuMicrosecondsPerConnect: of((sample) => sample.cpuMicrosecondsPerConnect),
      failed: of((sample) => sample.failed).max,
    }
  }),
)
for (const row of rows) {
  const theirs = rows.find(({ peer, direction }) => peer === 'passt' && direction === row.direction)!
  const { latencyP50Us: p50, latencyP99Us: p99, connectsPerSecond: rate } = row
  const ratio = rounded(p50.median / theirs.latencyP50Us.median)
  const rateRatio = rounded(rate.median / theirs.connectsPerSecond.median)
  console.log(
    `${row.peer}\t${row.direction}\tp50 ${p50.median} (${p50.min}-${p50.max}) us = ${ratio} passt, p99 ${p99.median}` +
      `\tconnects ${rate.median} (${rate.min}-${rate.max})/s = ${rateRatio} passt, ${row.cpuMicrosecondsPerConnect.median} us CPU, failed ${row.failed}`,
  )
}
writeResult('net-latency', { ...values, rows })
