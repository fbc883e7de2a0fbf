/**
 * Several machines of one file: seconds until three managers form a swarm, with the golden snapshot in the cache, and the
 * memory of each machine once they have been idle. Medians of N runs.
 *
 *   node bench/machines.ts [--runs 3] [--idle 60] [--checkout ../other] [--out machines]
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { commandLineOf, findProcesses } from '../src/host/identity.ts'
import { cpuSeconds } from './net/measure.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    idle: { type: 'string', default: '60' },
    checkout: { type: 'string', default: join(import.meta.dirname, '..') },
    out: { type: 'string', default: 'machines' },
  },
})
const machines = ['m.1', 'm.2', 'm.3']
const dir = await mkdtemp(join(tmpdir(), 'bm-'))
const env: NodeJS.ProcessEnv = {
  ...process.env,
  XDG_STATE_HOME: join(dir, 'state'),
  XDG_RUNTIME_DIR: join(dir, 'run'),
  XDG_CONFIG_HOME: join(dir, 'config'),
  NO_COLOR: '1',
}
const binary = join(values.checkout, 'bin/desktop')
const desktop = async (...args: string[]): Promise<string> =>
  (await $({ cwd: dir, env })`${binary} ${args}`).stdout

interface Use {
  /** CPU time since its start: the figure least affected by other load on the host. */
  cpuSeconds: number
  /** MiB, each page divided by the number of processes that share it. */
  pss: number
  /** MiB in pages of this process alone: what one more machine takes. */
  private: number
}

async function useOf(pid: number): Promise<Use> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const of = (key: string): number => Number(new RegExp(`^${key}: +(\\d+)`, 'm').exec(text)?.[1]) / 1024
  return { cpuSeconds: cpuSeconds(pid), pss: of('Pss'), private: of('Private_Clean') + of('Private_Dirty') }
}

/** QEMU, or the supervisor, of a machine. */
async function processOf(machine: string, isWanted: (program: string) => boolean): Promise<Use> {
  const [found] = await findProcesses(async (pid) => {
    const argv = await commandLineOf(pid)
    const text = argv?.join(' ') ?? ''
    return isWanted(argv?.[0] ?? '') && text.includes(`bench.${machine}`) && text.includes(dir)
  })
  if (found === undefined) throw new Error(`no process of ${machine}`)
  return await useOf(found.pid)
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
interface Spread {
  median: number
  all: readonly number[]
}
const spread = (all: readonly number[]): Spread => ({ median: median(all), all })
const rounded = (value: number): number => Number(value.toFixed(2))

// Aborting the benchmark should not leave VMs behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void desktop('destroy', '--yes').finally(() => process.exit(1))
  })
}
try {
  await mkdir(join(dir, 'run'), { mode: 0o700 })
  const kind = '{ count: 3, cpus: 1, memory: 512MiB, disk: 4GiB, swarm: manager }'
  await writeFile(join(dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: bench\nvms:\n  m: ${kind}\n`)
  // Builds the image and creates the golden snapshot if they are missing.
  await desktop('apply', '--yes')
  await desktop('destroy', '--yes')
  const seconds: number[] = []
  const loads: number[] = []
  let uses: Record<string, { qemu: Use; supervisor: Use }> = {}
  for (let run = 1; run <= Number(values.runs); run++) {
    loads.push(rounded(loadavg()[0] ?? Number.NaN))
    const began = performance.now()
    await desktop('apply', '--yes')
    seconds.push(rounded((performance.now() - began) / 1000))
    if (run === Number(values.runs)) {
      await delay(Number(values.idle) * 1000)
      uses = Object.fromEntries(
        await Promise.all(
          machines.map(async (machine) => [
            machine,
            {
              qemu: await processOf(machine, (program) => program.includes('qemu-system')),
              supervisor: await processOf(machine, (program) => program.endsWith('node')),
            },
          ]),
        ),
      ) as typeof uses
    }
    await desktop('destroy', '--yes')
    console.log(`run ${run}: ${seconds.at(-1)} s to three managers, load before ${loads.at(-1)}`)
  }
  const total = (key: keyof Use): Spread =>
    spread(Object.values(uses).map(({ qemu, supervisor }) => rounded(qemu[key] + supervisor[key])))
  const result = {
    date: new Date().toISOString(),
    cpus: 2,
    accelerator: 'tcg',
    machines: machines.length,
    secondsToThreeManagers: spread(seconds),
    loadBefore: loads,
    idleSeconds: Number(values.idle),
    mebibytes: { pss: total('pss'), private: total('private') },
    cpuSeconds: total('cpuSeconds'),
    processes: uses,
  }
  await writeFile(
    join(import.meta.dirname, 'results', `${values.out}.json`),
    `${JSON.stringify(result, (_key, value: unknown) => (typeof value === 'number' ? rounded(value) : value), 2)}\n`,
  )
  console.log(`pss ${total('pss').all.join(' ')} MiB, private ${total('private').all.join(' ')} MiB`)
} finally {
  await desktop('destroy', '--yes').catch(() => {})
  await rm(dir, { recursive: true, force: true })
}
