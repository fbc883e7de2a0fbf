/**
 * Privileges dropped by the supervisor and all its children: privilege escalation (setuid, file capabilities; prctl(2),
 * PR_SET_NO_NEW_PRIVS), setuid bits on files, and core dumps, which would contain registry passwords. As root, the
 * supervisor keeps the capabilities for shares, low ports and namespaces; QEMU keeps only those for opening files.
 */
import { libcFunction } from './libc.ts'
import { findProgram } from './packages.ts'
import { run } from './run.ts'
import { refuseSetuidBits } from './setuid-filter.ts'

const PR_SET_NO_NEW_PRIVS = 38
const RLIMIT_CORE = 4

/** Inherited and irrevocable. Best effort: on hosts without them, the other restrictions apply. */
export function giveUpPrivileges(): {
  noNewPrivileges: boolean
  noCoreDumps: boolean
  noSetuidFiles: boolean
} {
  const isLinux = process.platform === 'linux'
  // Soft and hard limit, both 0.
  const none = Buffer.alloc(16)
  const noCoreDumps = libcFunction('int setrlimit(int, void *)')(RLIMIT_CORE, none) === 0
  if (!isLinux) return { noNewPrivileges: false, noCoreDumps, noSetuidFiles: false }
  const prctl = libcFunction('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)')
  const noNewPrivileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0
  return { noNewPrivileges, noCoreDumps, noSetuidFiles: noNewPrivileges && refuseSetuidBits() }
}

/** virtiofsd acts for the guest's users; mounts, ports below 1024, ping; signals to processes of another user. */
const supervisorKeeps = [
  ...['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'mknod', 'net_bind_service'],
  ...['net_raw', 'setfcap', 'setgid', 'setpcap', 'setuid', 'sys_admin', 'sys_chroot'],
]

/**
 * Prefix of the supervisor's command line: sets per-thread restrictions before any thread exists. Empty without
 * setpriv(1).
 */
export async function supervisorPrefix(uid: number | undefined = process.getuid?.()): Promise<string[]> {
  const kept = supervisorKeeps.map((name) => `,+${name}`).join('')
  return await prefixThatWorks(['--no-new-privs', ...(uid === 0 ? [`--bounding-set=-all${kept}`] : [])])
}

/** Root's files may be in folders of another user (sudo with that user's HOME). */
const kept = '-all,+dac_override,+dac_read_search'

/**
 * Prefix of a command line that drops root's capabilities (setpriv(1)); empty for other users, and if setpriv does not
 * support it.
 */
export async function withoutCapabilities(uid: number | undefined = process.getuid?.()): Promise<string[]> {
  return uid === 0 ? await prefixThatWorks([`--bounding-set=${kept}`]) : []
}

async function prefixThatWorks(options: readonly string[]): Promise<string[]> {
  const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : undefined
  if (setpriv === undefined) return []
  const prefix = [setpriv, ...options, '--inh-caps=-all', '--'] as const
  const tried = await run([...prefix, 'true']).catch(() => undefined)
  return tried?.code === 0 ? [...prefix] : []
}
