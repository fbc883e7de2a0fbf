/** Process identity: a pid alone may have been reused, by another program or after a reboot. */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { uptime } from 'node:os'

export interface ProcessIdentity {
  pid: number
  /** Opaque: clock ticks since boot on Linux (proc(5) stat field 22), `ps -o lstart` text elsewhere. */
  started: string
  bootId: string
}

let boot: string | undefined

/** Changes with every boot of the host. */
export function bootId(): string {
  boot ??= readBootId()
  return boot
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    const sysctl = spawnSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' })
    if (sysctl.status === 0 && sysctl.stdout.trim() !== '') return sysctl.stdout.trim()
    // Neither Linux nor macOS: fall back to the boot time in seconds.
    return `boot-${Math.round(Date.now() / 1000 - uptime())}`
  }
}

/** Start time of the process with this pid; undefined if there is none (zombies count as none). */
export async function processStart(pid: number): Promise<string | undefined> {
  let stat: string
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return process.platform === 'linux' ? undefined : startByPs(pid)
  }
  // The second field is the program's name in parentheses, which may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}

/** Whether the process is stopped (SIGSTOP, a debugger) and thus unresponsive. Linux only. */
export async function isStopped({ pid }: ProcessIdentity): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  return /^[Tt] /.test(stat.slice(stat.lastIndexOf(')') + 2))
}

function startByPs(pid: number): string | undefined {
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const text = ps.stdout?.trim() ?? ''
  return ps.status === 0 && text !== '' ? text : undefined
}

export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await processStart(pid)
  return started === undefined ? undefined : { pid, started, bootId: bootId() }
}

/** Whether the recorded process itself, not one with a reused pid, is still running. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return identity.bootId === bootId() && (await processStart(identity.pid)) === identity.started
}

/** All processes of this host that match; empty on systems other than Linux. */
export async function findProcesses(isWanted: (pid: number) => Promise<boolean>): Promise<ProcessIdentity[]> {
  const entries = await readdir('/proc').catch(() => [])
  const found = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .map(async (pid) => ((await isWanted(pid)) ? identityOf(pid) : undefined)),
  )
  return found.filter((identity) => identity !== undefined)
}

/** Command line of a process; undefined if it cannot be read. */
export async function commandLineOf(pid: number): Promise<string[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return text === '' ? undefined : text.replace(/\0$/, '').split('\0')
  } catch {
    return undefined
  }
}
