/**
 * How long the commands take that people run often, on a running environment of its own, and what the
 * supervisor costs while nothing happens. Whole processes, wall clock, median and range.
 *
 *   node bench/commands.ts [RUNS]
 */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunResult } from '../src/host/run.ts'
import { dockerForTests } from '../test/e2e/docker.ts'
import { testEnvironment } from '../test/e2e/environment.ts'
import { freePorts } from '../test/e2e/ports.ts'

const runs = Number(process.argv[2] ?? 9)
const base = 'vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\n'

interface Figure {
  what: string
  unit: string
  median: number
  min: number
  max: number
  target: string
}

const figures: Figure[] = []

function note(what: string, unit: string, values: readonly number[], target: string): void {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number =>
    Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(3))
  figures.push({ what, unit, median: at(0.5), min: at(0), max: at(1), target })
  console.log(`${what}: ${at(0.5)} ${unit} (${at(0)}–${at(1)}), target ${target}`)
}

async function timed(command: () => Promise<RunResult>): Promise<number> {
  const start = performance.now()
  const { code, stdout, stderr } = await command()
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`)
  return (performance.now() - start) / 1000
}

async function times(command: () => Promise<RunResult>): Promise<number[]> {
  await timed(command)
  const values: number[] = []
  for (let i = 0; i < runs; i += 1) values.push(await timed(command))
  return values
}

/** CPU seconds (user and system) that a process has used, from proc(5) stat. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const machine = await testEnvironment((await dockerForTests()).cli)
try {
  await machine.write(base)
  note(
    'first apply with an image in the cache, to a running engine',
    's',
    [await timed(() => machine.desktop('apply'))],
    '—',
  )
  note('desktop --version', 's', await times(() => machine.desktop('--version')), '—')
  note('plan without changes', 's', await times(() => machine.desktop('plan')), '≤ 0.3 s')
  note('drift without changes', 's', await times(() => machine.desktop('drift')), '—')
  const [port] = await freePorts(1)
  const values: number[] = []
  for (let i = 0; i < runs; i += 1) {
    await machine.write(i % 2 === 0 ? `${base}ports: ["${port}:80"]\n` : base)
    values.push(await timed(() => machine.desktop('apply')))
  }
  note('apply of one live port change', 's', values, '≤ 0.3 s')
  note('image build with nothing changed', 's', await times(() => machine.desktop('image', 'build')), '≤ 1 s')

  const pid = Number(await readFile(machine.paths.supervisorPid, 'utf8'))
  await sleep(5_000)
  const before = await cpuSeconds(pid)
  const idleSeconds = 30
  await sleep(idleSeconds * 1000)
  note(
    'supervisor and forwarder idle, CPU',
    '%',
    [(((await cpuSeconds(pid)) - before) / idleSeconds) * 100],
    '< 1 %',
  )
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  note(
    'supervisor and forwarder idle, RSS',
    'MB',
    [Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000],
    '< 120 MB',
  )
} finally {
  await machine[Symbol.asyncDispose]()
}
const result = { date: new Date().toISOString(), cpu: cpus()[0]?.model, cores: cpus().length, runs, figures }
await writeFile(join(import.meta.dirname, 'results', 'commands.json'), `${JSON.stringify(result, null, 2)}\n`)
