/**
 * Bytes per second through the forwarder and through passt, with Linux's own TCP as guest behind a tap in a network
 * namespace: both directions, alternating runs, medians and ranges, and processor seconds per gigabyte. Needs
 * root, a C compiler, iperf3 and passt; passt runs as `nobody`, since it refuses root.
 *
 *   node bench/net/throughput.ts [--runs 5] [--seconds 3] [--mtu 1500,65520] [--streams 1,4]
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    mtu: { type: 'string', default: '1500,65520' },
    streams: { type: 'string', default: '1,4' },
    serve: { type: 'string' },
  },
})
const numbers = (list: string): number[] => list.split(',').map(Number)
const ticksPerSecond = 100
const port = '5391'

interface Peer {
  name: string
  /** The host, as the guest knows it. */
  target: string
  start(path: string, mtu: number): ChildProcess
}

const peers: readonly Peer[] = [
  {
    name: 'desktop',
    target: '192.168.65.254',
    start: (path, mtu) =>
      spawn(process.execPath, [import.meta.filename, '--serve', path, '--mtu', `${mtu}`], {
        stdio: 'ignore',
      }),
  },
  {
    name: 'passt',
    target: '192.168.65.1',
    start: (path, mtu) => {
      const options = ['-f', '-q', '-s', path, '-a', '192.168.65.3', '-n', '24', '-g', '192.168.65.1']
      const command = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'passt', ...options]
      return spawn(command[0]!, [...command.slice(1), '-m', `${mtu}`], { stdio: 'ignore' })
    },
  },
]

interface Sample {
  gigabitsPerSecond: number
  cpuSecondsPerGigabyte: number
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !isSo(); await delay(50)) {
    if (Date.now() > deadline) throw new Error('it did not start')
  }
}

/** User and system time of a process and its threads so far. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const dir = mkdtempSync(join(tmpdir(), 'bench-net-'))

/** Both directions, guest to host first. */
async function measure(peer: Peer, mtu: number, streams: number): Promise<[Sample, Sample]> {
  const namespace = `bench-net-${process.pid}`
  const path = join(dir, `${peer.name}.sock`)
  const inside = (...command: string[]) => execFileSync('ip', ['netns', 'exec', namespace, ...command])
  const server = spawn('iperf3', ['-s', '-p', port], { stdio: 'ignore' })
  const forwarder = peer.start(path, mtu)
  const children: ChildProcess[] = [server, forwarder]
  try {
    await until(() => existsSync(path))
    execFileSync('ip', ['netns', 'add', namespace])
    const bridge = spawn('ip', ['netns', 'exec', namespace, join(dir, 'tap-bridge'), 'tap0', path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(bridge)
    await once(bridge.stderr!, 'data')
    inside('ip', 'link', 'set', 'lo', 'up')
    inside('ip', 'link', 'set', 'tap0', 'mtu', `${mtu}`, 'txqueuelen', '10000', 'up')
    inside('ip', 'addr', 'add', '192.168.65.3/24', 'dev', 'tap0')
    inside('ip', 'route', 'add', 'default', 'via', '192.168.65.1')
    const run = (...direction: string[]): Sample => {
      const before = cpuSeconds(forwarder.pid!)
      const client = ['iperf3', '-c', peer.target, '-p', port, '-t', values.seconds, '-P', `${streams}`, '-J']
      const report = JSON.parse(inside(...client, ...direction).toString())
      const { bits_per_second, bytes } = report.end.sum_received
      const used = cpuSeconds(forwarder.pid!) - before
      return { gigabitsPerSecond: bits_per_second / 1e9, cpuSecondsPerGigabyte: (used * 1e9) / bytes }
    }
    return [run(), run('-R')]
  } finally {
    const ended = children.map((child) => child.exitCode ?? once(child, 'exit'))
    for (const child of children) child.kill()
    await Promise.all(ended)
    execFileSync('ip', ['netns', 'del', namespace])
    rmSync(path, { force: true })
  }
}

function summary(samples: readonly number[]): { median: number; min: number; max: number } {
  const sorted = samples.toSorted((a, b) => a - b)
  const rounded = (value: number | undefined) => Number((value ?? Number.NaN).toFixed(2))
  return {
    median: rounded(sorted[sorted.length >> 1]),
    min: rounded(sorted[0]),
    max: rounded(sorted.at(-1)),
  }
}

async function bench(): Promise<void> {
  chmodSync(dir, 0o777)
  const source = join(import.meta.dirname, 'tap-bridge.c')
  execFileSync('cc', ['-O2', '-pthread', '-o', join(dir, 'tap-bridge'), source])
  const rows: object[] = []
  for (const mtu of numbers(values.mtu)) {
    for (const streams of numbers(values.streams)) {
      const samples = new Map(peers.map((peer) => [peer, [[], []] as [Sample[], Sample[]]]))
      for (let run = 0; run < Number(values.runs); run += 1) {
        for (const peer of peers) {
          const both = await measure(peer, mtu, streams)
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
  const result = { date: new Date().toISOString(), load: loadavg(), ...values, rows }
  writeFileSync(
    join(import.meta.dirname, '../results/net-throughput.json'),
    `${JSON.stringify(result, null, 2)}\n`,
  )
}

if (values.serve !== undefined) {
  const { startStandalone } = await import('../../src/net/standalone.ts')
  const options = { listenQemu: values.serve, subnet: '192.168.65.0/24', mtu: Number(values.mtu) }
  const standalone = await startStandalone(options)
  process.once('SIGTERM', () => void standalone[Symbol.asyncDispose]().then(() => process.exit()))
} else {
  try {
    await bench()
  } finally {
    rmSync(dir, { recursive: true })
  }
}
