/** `desktop doctor`: what this host lacks, and how to get it. Changes nothing. */
import { type Environment, openEnvironment } from '../../apply/environment.ts'
import { findMeans, type Means } from '../../apply/target.ts'
import { exitCodes } from '../../errors.ts'
import { readIfExists } from '../../host/atomic-file.ts'
import { missingPackages } from '../../host/packages.ts'
import { maxSocketPathBytes } from '../../host/paths.ts'
import { freeSpace } from '../../observe/host.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export interface Check {
  name: string
  /** `limited`: works, with something missing. */
  state: 'good' | 'limited' | 'bad'
  found: string
  /** What to do; for `limited` and `bad`. */
  fix?: string
}

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environment = await openEnvironment(options)
  const [means, missing, ping, free] = await Promise.all([
    findMeans(environment),
    missingPackages(),
    readIfExists('/proc/sys/net/ipv4/ping_group_range'),
    freeSpace(environment.paths.stateDir),
  ])
  const groups = [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])]
  const checks = [
    packagesCheck(missing),
    acceleratorCheck(means),
    spaceCheck(free, environment),
    socketCheck(environment),
    pingCheck(ping, groups),
  ]
  if (options.json) output.write(`${JSON.stringify({ checks }, null, 2)}\n`)
  else for (const check of checks) output.write(view(check, output))
  return checks.some(({ state }) => state === 'bad') ? exitCodes.unexpected : exitCodes.done
}

function view({ name, state, found, fix }: Check, { style }: Output): string {
  const colour = { good: 'green', limited: 'yellow', bad: 'red' } as const
  const line = `${style(colour[state], state.padEnd(8))}${name}: ${found}\n`
  return fix === undefined ? line : `${line}        ${fix}\n`
}

function packagesCheck(missing: readonly string[]): Check {
  const name = 'host packages'
  if (missing.length === 0) return { name, state: 'good', found: 'all installed' }
  return {
    name,
    state: 'bad',
    found: `missing ${missing.join(', ')}`,
    fix: '`desktop apply` installs them on Debian',
  }
}

function acceleratorCheck({ accelerator }: Means): Check {
  const name = 'accelerator'
  if (accelerator === undefined)
    return { name, state: 'limited', found: 'not known before QEMU is installed' }
  const { accelerator: kind, reason } = accelerator
  if (kind !== 'tcg') return { name, state: 'good', found: kind }
  const fix =
    'the VM runs emulated, some ten times slower; virtualisation must be on in the firmware or the outer VM'
  return { name, state: 'limited', found: `tcg${reason === undefined ? '' : `: ${reason}`}`, fix }
}

/** The image and the engine's own images; less is not enough to work with. */
const leastFreeBytes = 2e9

function spaceCheck(free: number | undefined, { paths }: Environment): Check {
  const name = 'free space'
  if (free === undefined) return { name, state: 'limited', found: 'cannot be read' }
  const found = `${(free / 1e9).toFixed(1)} GB at ${paths.stateDir}`
  if (free >= leastFreeBytes) return { name, state: 'good', found }
  return { name, state: 'bad', found, fix: 'make room, or set XDG_STATE_HOME to a larger file system' }
}

function socketCheck({ paths, dockerSocket }: Environment): Check {
  const name = 'socket paths'
  const longest = Math.max(
    ...[...Object.values(paths.sockets), dockerSocket].map((path) => Buffer.byteLength(path)),
  )
  const found = `the longest has ${longest} of ${maxSocketPathBytes} bytes`
  if (longest <= maxSocketPathBytes) return { name, state: 'good', found }
  return { name, state: 'bad', found, fix: 'use a shorter name, or a shorter XDG_RUNTIME_DIR' }
}

/** Ping sockets are allowed by group (icmp(7)); without them the VM can ping the gateway only. */
export function pingCheck(range: string | undefined, groups: readonly number[]): Check {
  const name = 'ping from the VM'
  // `1 0`, which holds no group, is what the kernel starts with.
  const [low = 1, high = 0] = (range ?? '1 0').trim().split(/\s+/).map(Number)
  if (groups.some((group) => group >= low && group <= high)) return { name, state: 'good', found: 'allowed' }
  return {
    name,
    state: 'limited',
    found: 'this user may not open ping sockets',
    fix: "as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'",
  }
}
