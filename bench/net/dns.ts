/**
 * DNS queries per second by dnsperf, over UDP and TCP, with one upstream for all: built-in names, cached
 * answers, and more names than the cache holds, so that each query goes upstream. This project's resolver is
 * queried from the guest through the tap; dnsmasq from the host itself, without a link, and from the guest
 * through passt. Needs root, a C compiler, dnsperf, dnsmasq and passt.
 *
 *   node bench/net/dns.ts [--runs 5] [--seconds 2]
 */
import { Resolver } from 'node:dns/promises'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { cpuSeconds, rounded, summary, until, writeResult } from './measure.ts'
import { desktop, type Peer, passt } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
})

/** New ports each time, because children of dnsmasq may still use the previous ones. */
let lastPort = 5400
const kinds = ['static', 'remembered', 'forwarded'] as const
/**
 * Names in the upstream's zone. Each server caches 10,000, so none of the forwarded names is still cached.
 */
const names = { remembered: 1000, forwarded: 50_000 } as const
type Kind = (typeof kinds)[number]
const channels = ['udp', 'tcp'] as const

interface Sample {
  queriesPerSecond: number
  lostPercent: number
  latencyMs: number
  cpuMicrosecondsPerQuery: number
}

/** Source and target of the queries. */
interface Way {
  name: string
  peer: (upstreamPort: number) => Peer
  from: 'guest' | 'host'
  server: string
}

const ways: readonly Way[] = [
  { name: 'desktop', peer: (port) => desktop(`127.0.0.1:${port}`), from: 'guest', server: '192.168.65.1' },
  { name: 'dnsmasq on loopback', peer: () => passt, from: 'host', server: '127.0.0.1' },
  { name: 'dnsmasq through passt', peer: () => passt, from: 'guest', server: passt.host },
]

const common = [
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--no-hosts',
  '--no-resolv',
  '--bind-interfaces',
  '--pid-file',
]
const listen = (port: number) => ['--listen-address=127.0.0.1', `--port=${port}`, '--dns-forward-max=1000']

async function measure(tools: Tools, way: Way, files: Record<Kind, string>): Promise<Map<string, Sample>> {
  lastPort += 2
  const [upstreamPort, dnsmasqPort] = [lastPort, lastPort + 1]
  const port = way.name === 'desktop' ? 53 : dnsmasqPort
  await using testbed = await Testbed.open(tools, way.peer(upstreamPort), { mtu: 1500 })
  testbed.startOutside([
    'dnsmasq',
    ...common,
    ...listen(upstreamPort),
    '--address=/up.example/10.1.1.1',
    '--local-ttl=3600',
  ])
  const own = [
    '--host-record=static.example,10.9.8.7',
    `--server=127.0.0.1#${upstreamPort}`,
    '--cache-size=10000',
  ]
  const dnsmasq = testbed.startOutside(['dnsmasq', ...common, ...listen(dnsmasqPort), ...own])
  for (const number of [upstreamPort, dnsmasqPort]) {
    const resolver = new Resolver({ timeout: 200, tries: 1 })
    resolver.setServers([`127.0.0.1:${number}`])
    await until(
      () =>
        resolver.resolve4('n1.up.example').then(
          () => true,
          () => false,
        ),
      `dnsmasq at ${number}`,
    )
  }
  const pid = way.name === 'desktop' ? testbed.pid : dnsmasq.pid!
  const run = async (command: readonly string[]): Promise<string> => {
    for (let tries = 0; ; tries += 1) {
      try {
        if (way.from === 'guest') return await testbed.inside(...command)
        return await testbed.outside(command[0]!, ...command.slice(1))
      } catch (error) {
        // dnsmasq closes a connection after 100 queries, which sometimes crashes this dnsperf.
        if (tries === 20) throw error
      }
    }
  }
  const ask = async (kind: Kind, channel: string, seconds: string): Promise<Sample> => {
    const to = ['-s', way.server, '-p', `${port}`, '-d', files[kind], '-m', channel]
    const command = ['dnsperf', ...to, '-l', seconds, '-c', '4', '-q', channel === 'udp' ? '100' : '40']
    const before = cpuSeconds(pid)
    const text = await run(command)
    const used = cpuSeconds(pid) - before
    const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1])
    const completed = number(/Queries completed:\s+(\d+)/)
    return {
      queriesPerSecond: number(/Queries per second:\s+([\d.]+)/),
      lostPercent: (100 * number(/Queries lost:\s+(\d+)/)) / number(/Queries sent:\s+(\d+)/),
      latencyMs: 1000 * number(/Average Latency \(s\):\s+([\d.]+)/),
      cpuMicrosecondsPerQuery: (used * 1e6) / completed,
    }
  }
  const samples = new Map<string, Sample>()
  for (const kind of kinds) {
    await ask(kind, 'udp', '0.3')
    for (const channel of channels)
      samples.set(`${kind}\t${channel}`, await ask(kind, channel, values.seconds))
  }
  return samples
}

const tools = new Tools()
const files = {
  static: tools.path('static'),
  remembered: tools.path('remembered'),
  forwarded: tools.path('forwarded'),
}
writeFileSync(files.static, 'static.example A\n')
for (const kind of ['remembered', 'forwarded'] as const) {
  const lines = Array.from({ length: names[kind] }, (_, i) => `n${i}.up.example A\n`)
  writeFileSync(files[kind], lines.join(''))
}

const runs = new Map<Way, Map<string, Sample>[]>(ways.map((way) => [way, []]))
for (let run = 0; run < Number(values.runs); run += 1) {
  for (const way of ways) runs.get(way)!.push(await measure(tools, way, files))
}
const rows = kinds.flatMap((kind) =>
  channels.flatMap((channel) =>
    ways.map((way) => {
      const of = (pick: (sample: Sample) => number) =>
        summary(runs.get(way)!.map((samples) => pick(samples.get(`${kind}\t${channel}`)!)))
      return {
        server: way.name,
        kind,
        channel,
        queriesPerSecond: of((sample) => sample.queriesPerSecond),
        lostPercent: of((sample) => sample.lostPercent),
        latencyMs: of((sample) => sample.latencyMs),
        cpuMicrosecondsPerQuery: of((sample) => sample.cpuMicrosecondsPerQuery),
      }
    }),
  ),
)
for (const row of rows) {
  const {
    server,
    kind,
    channel,
    queriesPerSecond: rate,
    lostPercent,
    latencyMs,
    cpuMicrosecondsPerQuery,
  } = row
  const theirs = rows.find((it) => it.server !== 'desktop' && it.kind === kind && it.channel === channel)!
  const ratio = rounded(rate.median / theirs.queriesPerSecond.median)
  console.log(
    `${kind}\t${channel}\t${server}\t${rate.median} (${rate.min}-${rate.max})/s = ${ratio} dnsmasq on loopback` +
      `\tlost ${lostPercent.median} %\t${latencyMs.median} ms\t${cpuMicrosecondsPerQuery.median} us CPU each`,
  )
}
writeResult('net-dns', { ...values, rows })
