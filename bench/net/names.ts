/**
 * Downloads from a container by its name on the host, compared with the mapped port alone: bytes per second
 * of one download, and CPU time of the forwarder per 100 MB. Variants alternate. Needs root, a C compiler and
 * curl.
 *
 *   node bench/net/names.ts [--runs 5] [--megabytes 400] [--mtu 1500,65520] [--ways mapped,http,https,h2]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuSeconds, rounded, summary, until, writeResult } from './measure.ts'
import type { Peer } from './peers.ts'
import { Testbed, Tools } from './testbed.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '400' },
    mtu: { type: 'string', default: '1500,65520' },
    ways: { type: 'string', default: 'mapped,http,https,h2' },
  },
})

const ports = { mapped: 5_490, http: 5_491, https: 5_492, guest: 5_493 }
/** Not in the workspace, which is world-writable. */
const authority = mkdtempSync(join(tmpdir(), 'bench-authority-'))
process.once('exit', () => rmSync(authority, { recursive: true }))
const url = (scheme: 'http' | 'https'): string => `${scheme}://web.bench.localhost:${ports[scheme]}`
const ways: Record<string, readonly string[]> = {
  mapped: ['--http1.1', `http://127.0.0.1:${ports.mapped}`],
  http: ['--http1.1', url('http')],
  https: ['--http1.1', url('https')],
  h2: ['--http2', url('https')],
}
const chosen = values.ways.split(',')

const desktop: Peer = {
  name: 'desktop',
  kind: 'link',
  guest: '192.168.65.3',
  gateway: '192.168.65.1',
  host: '192.168.65.254',
  start: ({ path, mtu }) => {
    const options = {
      link: path,
      mtu,
      map: `${ports.mapped}:${ports.guest}`,
      http: ports.http,
      https: ports.https,
    }
    const args = Object.entries({ ...options, authority }).flatMap(([name, value]) => [
      `--${name}`,
      `${value}`,
    ])
    const serve = join(import.meta.dirname, 'serve-names.ts')
    return spawn(process.execPath, [...process.execArgv, serve, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  },
}

interface Sample {
  megabytesPerSecond: number
  cpuMsPer100Megabytes: number
}

async function download(testbed: Testbed, way: string, megabytes: number): Promise<Sample> {
  const [version = '', base = ''] = ways[way] ?? []
  const options = ['--silent', '--show-error', '--fail', '--cacert', join(authority, 'authority.crt')]
  const format = '%{speed_download} %{size_download}'
  const before = cpuSeconds(testbed.pid)
  const target = ['--output', '/dev/null', '--write-out', format, `${base}/${megabytes * 1e6}`]
  const shown = await testbed.outside('curl', version, ...options, ...target)
  const [speed = 0, size = 0] = shown.split(' ').map(Number)
  if (size !== megabytes * 1e6) throw new Error(`${way}: ${size} bytes`)
  const used = cpuSeconds(testbed.pid) - before
  return { megabytesPerSecond: speed / 1e6, cpuMsPer100Megabytes: (used * 1e5) / megabytes }
}

const rows: object[] = []
const tools = new Tools('http-source')
for (const mtu of values.mtu.split(',').map(Number)) {
  await using testbed = await Testbed.open(tools, desktop, { mtu })
  testbed.startInside([tools.path('http-source'), `${ports.guest}`])
  await until(() => download(testbed, 'mapped', 1).then(Boolean, () => false), 'the guest to answer')
  // Warm up first, because these processes normally run for days.
  for (const way of chosen) await download(testbed, way, Number(values.megabytes))
  const samples = new Map(chosen.map((way): [string, Sample[]] => [way, []]))
  for (let run = 0; run < Number(values.runs); run += 1)
    for (const way of chosen) samples.get(way)!.push(await download(testbed, way, Number(values.megabytes)))
  const plain = samples.get('mapped') ?? []
  for (const [way, taken] of samples) {
    const row = {
      mtu,
      way,
      megabytesPerSecond: summary(taken.map((one) => one.megabytesPerSecond)),
      cpuMsPer100Megabytes: summary(taken.map((one) => one.cpuMsPer100Megabytes)),
      toMapped: summary(
        taken.map((one, i) => one.megabytesPerSecond / (plain[i]?.megabytesPerSecond ?? Number.NaN)),
      ),
    }
    rows.push(row)
    console.log(
      [
        mtu,
        way,
        `${row.megabytesPerSecond.median} MB/s`,
        `${row.cpuMsPer100Megabytes.median} ms`,
        rounded(row.toMapped.median),
      ].join('\t'),
    )
  }
}
writeResult('net-names', { ...values, rows })
