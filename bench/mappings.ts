/**
 * Files with many port mappings or DNS hosts, with the real command and supervisor and a QEMU that runs no
 * machine: a plan that adds all of them, the apply, and a plan without changes; also the cost of each event
 * of that apply as JSON.
 *
 *   node bench/mappings.ts [RUNS]
 */
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApplyEvent, type ApplyListener, eventStream } from '../src/apply/run/events.ts'
import { jsonProgress } from '../src/cli/views/progress.ts'
import type { RunResult } from '../src/host/run.ts'
import { type TestHost, testHost } from '../test/support/cli/host.ts'
import { writeResult } from './result.ts'

const runs = Number(process.argv[2] ?? 7)
const mappingCounts = [1_250, 2_500, 5_000]
const hostCounts = [4_000, 8_000, 16_000]

/** On loopback addresses, because there are not enough free ports on one. */
const fileWithMappings = (mappings: number): string => {
  const ports = Array.from({ length: mappings }, (_, i) => `127.9.${i >> 8}.${i & 255}:20080:80`)
  return `ports:\n${ports.map((port) => `  - "${port}"\n`).join('')}`
}

const fileWithHosts = (hosts: number): string => {
  const lines = Array.from(
    { length: hosts },
    (_, i) => `      host${i}.example.test: 10.1.${i >> 8}.${i & 255}\n`,
  )
  return `network:\n  dns:\n    hosts:\n${lines.join('')}`
}

async function timed(command: () => Promise<RunResult>): Promise<{ seconds: number; stdout: string }> {
  const began = performance.now()
  const { code, stdout, stderr } = await command()
  if (code !== 0) throw new Error(`exit ${code}: ${stdout.slice(-2000)}${stderr}`)
  return { seconds: (performance.now() - began) / 1000, stdout }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0

async function plans(host: TestHost): Promise<{ median: number; min: number }> {
  const seconds: number[] = []
  for (let i = -1; i < runs; i += 1) {
    const took = await timed(() => host.desktop('plan'))
    if (i >= 0) seconds.push(took.seconds)
  }
  return { median: Number(median(seconds).toFixed(3)), min: Number(Math.min(...seconds).toFixed(3)) }
}

/**
 * Milliseconds to format the events of an apply for standard output, in addition to the journal, which
 * formats each operation's event anyway.
 */
function tellingMs(events: readonly ApplyEvent[]): number {
  const bodies = events.map(({ sequence: _sequence, time: _time, ...body }) => body)
  let bytes = 0
  const write = (text: string): void => {
    bytes += Buffer.from(text).length
  }
  const journal: ApplyListener = ({ event }, line) => {
    if (event === 'operation' || event === 'result') line()
  }
  const emitMs = (end: () => void, ...listeners: ApplyListener[]): number => {
    const emit = eventStream(() => new Date(), listeners)
    const began = performance.now()
    for (const body of bodies) emit(body as Parameters<typeof emit>[0])
    end()
    return performance.now() - began
  }
  const times = Array.from({ length: 40 }, () => {
    const view = jsonProgress({ write } as Parameters<typeof jsonProgress>[0])
    return emitMs(view.restore, journal, view.on) - emitMs(() => {}, journal)
  })
  if (bytes === 0) throw new Error('nothing was told')
  return median(times)
}

async function measure(what: Readonly<Record<string, number>>, file: string): Promise<object> {
  const host = await testHost()
  try {
    await host.write()
    await timed(() => host.desktop('apply'))
    await host.write(file)
    const adding = await plans(host)
    const apply = await timed(() => host.desktop('apply', '--json'))
    const events = apply.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ApplyEvent)
    const telling = tellingMs(events)
    const figure = {
      ...what,
      planThatAddsAllSeconds: adding,
      planWithoutChangesSeconds: await plans(host),
      applySeconds: Number(apply.seconds.toFixed(3)),
      events: events.length,
      tellingEventsMs: Number(telling.toFixed(2)),
      tellingPercentOfApply: Number((telling / apply.seconds / 10).toFixed(2)),
    }
    console.log(JSON.stringify(figure))
    return figure
  } finally {
    await host[Symbol.asyncDispose]()
  }
}

// Test hosts are created in the run's temporary directory, which the test runner normally creates.
const dir = join(tmpdir(), `bench-${process.pid}`)
await mkdir(dir)
process.env.TMPDIR = dir
const figures: object[] = []
try {
  for (const mappings of mappingCounts) figures.push(await measure({ mappings }, fileWithMappings(mappings)))
  for (const hosts of hostCounts) figures.push(await measure({ hosts }, fileWithHosts(hosts)))
} finally {
  await rm(dir, { recursive: true, force: true })
}
await writeResult('mappings', { runs, figures })
