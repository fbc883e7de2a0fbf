/**
 * Duration of frequent commands on a dedicated running environment, and the cost of an idle supervisor. Whole
 * processes, wall clock, median and range. With another checkout, e.g. of an earlier commit, the commands of
 * both alternate, each on its own VM.
 *
 *   node bench/commands.ts [RUNS] [OTHER-CHECKOUT]
 *
 * On a shared host, as root: BENCH_REALTIME=1 gives all measured processes real-time priority.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunResult, run } from '../src/host/run.ts'
import { dockerForTests } from '../test/e2e/docker.ts'
import { type TestEnvironment, testEnvironment } from '../test/e2e/environment.ts'
import { freePorts } from '../test/support/free-ports.ts'
import { writeResult } from './result.ts'

const runs = Number(process.argv[2] ?? 9)
const otherCheckout = process.argv[3]
const realtime = process.env.BENCH_REALTIME === '1'
// Emulated in all cases, because an older checkout may not detect a broken KVM.
const base = 'vm: { cpus: 2, memory: 1GiB, disk: 4GiB, accelerator: tcg }\n'

interface Figure {
  what: string
  unit: string
  median: number
  min: number
  max: number
  target: string
  /** The median of the other checkout, and its ratio to ours. */
  other?: number
  ratio?: number
}

const figures: Figure[] = []

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0
const rounded = (value: number): number => Number(value.toFixed(3))

function note(
  what: string,
  unit: string,
  values: readonly number[],
  target: string,
  others: readonly number[] = [],
): void {
  const median = middle(values)
  const compared =
    others.length === 0
      ? {}
      : { other: rounded(middle(others)), ratio: Number((middle(others) / median).toFixed(2)) }
  const figure: Figure = {
    what,
    unit,
    median: rounded(median),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
    target,
    ...compared,
  }
  figures.push(figure)
  console.log(JSON.stringify(figure))
}

async function timed(command: () => Promise<RunResult>): Promise<number> {
  const start = performance.now()
  const { code, stdout, stderr } = await command()
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`)
  return (performance.now() - start) / 1000
}

/** The part of `desktop status --json` common to this and older checkouts. */
interface Running {
  vm: { pid: number }
  supervisor: { value: { pid: number } }
}

async function running(machine: TestEnvironment): Promise<Running> {
  const { stdout } = await machine.desktop('status', '--json')
  return JSON.parse(stdout) as Running
}

/**
 * Gives this process and its children, the supervisors and the VMs real-time priority SCHED_RR (sched(7)).
 */
async function beforeAnybodyElse(): Promise<void> {
  const pids = [process.pid]
  for (const one of machines) {
    const { vm, supervisor } = await running(one)
    pids.push(vm.pid, supervisor.value.pid)
  }
  for (const pid of pids) {
    const { code, stderr } = await run(['chrt', '--all-tasks', '--rr', '--pid', '1', String(pid)])
    if (code !== 0) throw new Error(stderr)
  }
}

/** Alternates between machines, so that load on the host affects all alike. */
async function inTurns(
  command: (machine: TestEnvironment, round: number) => Promise<number>,
): Promise<number[][]> {
  const values: number[][] = machines.map(() => [])
  for (let round = -1; round < runs; round += 1) {
    for (const [i, machine] of machines.entries()) {
      const took = await command(machine, round)
      if (round >= 0) values[i]?.push(took)
    }
  }
  return values
}

async function compare(
  what: string,
  target: string,
  command: (machine: TestEnvironment, round: number) => Promise<number>,
): Promise<void> {
  const [values = [], others] = await inTurns(command)
  note(what, 's', values, target, others)
}

/** CPU seconds (user and system) that a process has used, from proc(5) stat. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const { cli } = await dockerForTests()
const machines = [await testEnvironment(cli)]
try {
  if (otherCheckout !== undefined) {
    // With its own cache: two versions sharing one would replace each other's guest image at every apply.
    machines.push(await testEnvironment(cli, { checkout: otherCheckout, ownCache: true }))
  }
  const [machine = machines[0]!] = machines
  for (const one of machines) {
    await one.write(base)
    const took = await timed(() => one.desktop('apply'))
    if (one === machine) note('first apply with an image in the cache, to a running engine', 's', [took], '—')
  }
  if (realtime) await beforeAnybodyElse()
  const runsOf =
    (...args: string[]) =>
    (one: TestEnvironment): Promise<number> =>
      timed(() => one.desktop(...args))
  await compare('desktop --version', '—', runsOf('--version'))
  await compare('plan without changes', '≤ 0.10 s', runsOf('plan'))
  await compare('drift without changes', '—', runsOf('drift'))
  const ports = await freePorts(machines.length)
  await compare('apply of one live port change', '≤ 0.3 s', async (one, round) => {
    const port = ports[machines.indexOf(one)]
    await one.write(round % 2 === 0 ? `${base}ports: ["${port}:80"]\n` : base)
    return await timed(() => one.desktop('apply'))
  })
  await compare('image build with nothing changed', '≤ 1 s', runsOf('image', 'build'))

  const { pid } = (await running(machine)).supervisor.value
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
  for (const one of machines) await one[Symbol.asyncDispose]()
}
await writeResult('commands', { runs, realtime, figures })
