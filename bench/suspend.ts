/**
 * Seconds from a command to a reply to `GET /_ping`, with the real command, supervisor and forwarder: a fresh
 * environment that boots and one that starts from a golden snapshot, alternating, and `stop` and `start` with
 * suspension. Also the memory that the idle guest uses. Medians of N runs.
 *
 *   node bench/suspend.ts [--runs 5]
 */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { $ } from 'zx'
import { baseDirs, environmentPaths } from '../src/host/paths.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const name = 'bench'
const dir = await mkdtemp(join(tmpdir(), 'bs-'))
const env: NodeJS.ProcessEnv = {
  ...process.env,
  XDG_STATE_HOME: join(dir, 'state'),
  XDG_RUNTIME_DIR: join(dir, 'run'),
  XDG_CONFIG_HOME: join(dir, 'config'),
  NO_COLOR: '1',
}
const { sockets } = environmentPaths(name, baseDirs(env))
const binary = join(import.meta.dirname, '../bin/desktop')
const deadlineMs = 180_000
const pollMs = 25

async function desktop(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  return (await $({ cwd: dir, env: { ...env, ...more } })`${binary} ${args}`).stdout
}

/** Resolves to whether the engine responds. */
function ping(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: sockets.docker, path: '/_ping', timeout: 2000 }, (reply) => {
      reply.resume()
      resolve(reply.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.on('timeout', () => asked.destroy())
    asked.end()
  })
}

/** Seconds until the engine responds, and until the command ends. */
async function timed(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<[number, number]> {
  const began = performance.now()
  const since = (): number => (performance.now() - began) / 1000
  const child = spawn(binary, args, {
    cwd: dir,
    env: { ...env, ...more },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve(since()) : reject(new Error(`${args[0]} failed`))))
  })
  const answered = (async () => {
    while (!(await ping())) {
      if (since() * 1000 > deadlineMs) throw new Error('no engine')
      await delay(pollMs)
    }
    return since()
  })()
  return await Promise.all([answered, ended])
}

/** MemTotal less MemAvailable, in MiB. */
async function takenMemory(): Promise<number> {
  const text = await desktop(['exec', '--', 'cat', '/proc/meminfo'])
  const of = (key: string): number => Number(new RegExp(`^${key}: +(\\d+)`, 'm').exec(text)?.[1])
  return (of('MemTotal') - of('MemAvailable')) / 1024
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const measured: Record<string, number[]> = {}
const keep = (what: string, value: number): void => {
  measured[what] = [...(measured[what] ?? []), Number(value.toFixed(2))]
}

// Aborting the benchmark should not leave a VM behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void desktop(['destroy', '--yes']).finally(() => process.exit(1))
  })
}
try {
  await mkdir(join(dir, 'run'), { mode: 0o700 })
  const yaml = `apiVersion: desktop/v1\nname: ${name}\nvm: { cpus: 2, memory: 2GiB, disk: 20GiB }\n`
  await writeFile(join(dir, 'desktop.yaml'), yaml)
  // Builds the image and creates the golden snapshot if they are missing.
  await desktop(['apply'])
  await desktop(['destroy', '--yes'])
  for (let run = 1; run <= Number(values.runs); run++) {
    keep('loadBefore', loadavg()[0] ?? Number.NaN)
    const [booted] = await timed(['apply'], { DESKTOP_GOLDEN: 'off' })
    keep('freshBoot', booted)
    await delay(3000)
    keep('idleMemoryMiB', await takenMemory())
    const stopping = performance.now()
    await desktop(['stop'])
    keep('suspend', (performance.now() - stopping) / 1000)
    const [resumed, whole] = await timed(['start'])
    keep('resume', resumed)
    keep('resumeWholeCommand', whole)
    await desktop(['destroy', '--yes'])
    const [fresh] = await timed(['apply'])
    keep('freshFromGolden', fresh)
    await desktop(['destroy', '--yes'])
    const last = Object.entries(measured).map(([what, all]) => `${what} ${all.at(-1)}`)
    console.log(`run ${run}: ${last.join(', ')}, load ${loadavg()[0]?.toFixed(1)}`)
  }
  const medians = Object.fromEntries(
    Object.entries(measured).map(([what, all]) => [what, { median: median(all), all }]),
  )
  const result = { date: new Date().toISOString(), cpus: 2, loadAtEnd: loadavg()[0], seconds: medians }
  const results = join(import.meta.dirname, 'results')
  await writeFile(join(results, 'suspend.json'), `${JSON.stringify(result, null, 2)}\n`)
  for (const [what, { median }] of Object.entries(medians)) console.log(`${what.padEnd(20)} ${median}`)
} finally {
  await desktop(['destroy', '--yes']).catch(() => {})
  await rm(dir, { recursive: true, force: true })
}
