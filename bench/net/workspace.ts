/**
 * Host resources of a benchmark: a directory, processes, network namespaces and devices. All are removed when
 * the benchmark ends, also after a signal or an error; leftovers of a killed benchmark are removed when the
 * next one starts. The directory's name contains the pid, and a file in it lists the other resources.
 */
import { type ChildProcess, execFile, execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startOf } from './measure.ts'

const prefix = 'bench-net-'
const namespaces = '/var/run/netns'
const listName = 'made'
let dir: string | undefined

/** The process's directory for sockets and programs. */
export function workspace(): string {
  if (dir !== undefined) return dir
  removeStale()
  dir = join(tmpdir(), `${prefix}${process.pid}`)
  mkdirSync(dir)
  // The peer that runs as `nobody` creates its socket here.
  chmodSync(dir, 0o777)
  const made = dir
  process.once('exit', () => undo(made))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  return dir
}

/** Call before creating the resource. */
export function making(kind: 'namespace' | 'device', name: string): void {
  note(kind, name)
}

export function started<Child extends ChildProcess>(child: Child): Child {
  const { pid } = child
  const start = pid === undefined ? undefined : startOf(pid)
  if (start !== undefined) note('process', `${pid}`, start)
  return child
}

/** Runs a program to its end and returns its output. */
export async function output(program: string, ...args: string[]): Promise<string> {
  const running = promisify(execFile)(program, args, { maxBuffer: 64 << 20 })
  started(running.child)
  try {
    return (await running).stdout
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')}: ${code} ${stderr}${stdout.slice(-300)}`, { cause: code })
  }
}

function note(...words: readonly string[]): void {
  appendFileSync(join(workspace(), listName), `${words.join(' ')}\n`)
}

/** Ignores resources that no longer exist. */
function undo(made: string): void {
  const list = existsSync(join(made, listName)) ? readFileSync(join(made, listName), 'utf8') : ''
  for (const line of list.split('\n').reverse()) {
    const [kind, name = '', start] = line.split(' ')
    if (kind === 'process' && startOf(Number(name)) === start) kill(Number(name))
    if (kind === 'device' && existsSync(`/sys/class/net/${name}`)) ip('link', 'del', name)
    if (kind === 'namespace') removeNamespace(name)
  }
  rmSync(made, { recursive: true, force: true })
}

/** Ends every process in the namespace first; all of them are ours. */
function removeNamespace(name: string): void {
  if (!existsSync(join(namespaces, name))) return
  const pids = ip('netns', 'pids', name).split('\n').filter(Boolean).map(Number)
  for (const pid of pids) kill(pid)
  ip('netns', 'del', name)
}

function removeStale(): void {
  const isGone = (name: string): boolean => {
    const pid = /^bench-\w+-(\d+)$/.exec(name)?.[1]
    return pid !== undefined && startOf(Number(pid)) === undefined
  }
  const directories = readdirSync(tmpdir()).filter((name) => name.startsWith(prefix) && isGone(name))
  for (const name of directories) undo(join(tmpdir(), name))
  const left = existsSync(namespaces) ? readdirSync(namespaces) : []
  for (const name of left.filter(isGone)) removeNamespace(name)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has just exited by itself.
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
