/**
 * What the supervisor gives up for itself and all that it starts: programs that would raise their privileges (setuid,
 * file capabilities; prctl(2), PR_SET_NO_NEW_PRIVS), setuid bits on files, and core dumps, which would hold registry
 * passwords. QEMU of a root user also loses root's capabilities.
 */
import koffi from 'koffi'
import { findProgram } from './packages.ts'
import { run } from './run.ts'
import { refuseSetuidBits } from './setuid-filter.ts'

const PR_SET_NO_NEW_PRIVS = 38
const RLIMIT_CORE = 4

/** All are inherited and cannot be taken back. Best effort: a host without them has the other bounds. */
export function giveUpPrivileges(): {
  noNewPrivileges: boolean
  noCoreDumps: boolean
  noSetuidFiles: boolean
} {
  const isLinux = process.platform === 'linux'
  const libc = koffi.load(isLinux ? 'libc.so.6' : 'libSystem.B.dylib')
  // Soft and hard limit, both 0.
  const none = Buffer.alloc(16)
  const noCoreDumps = libc.func('int setrlimit(int, void *)')(RLIMIT_CORE, none) === 0
  if (!isLinux) return { noNewPrivileges: false, noCoreDumps, noSetuidFiles: false }
  const prctl = libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)')
  const noNewPrivileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0
  return { noNewPrivileges, noCoreDumps, noSetuidFiles: noNewPrivileges && refuseSetuidBits() }
}

/** Files that root owns may lie in folders of another user (sudo with that user's HOME). */
const kept = '-all,+dac_override,+dac_read_search'

/**
 * The start of a command line that runs the rest without root's capabilities (setpriv(1)); empty for any other user, and
 * where setpriv cannot do it.
 */
export async function withoutCapabilities(uid: number | undefined = process.getuid?.()): Promise<string[]> {
  if (uid !== 0 || process.platform !== 'linux') return []
  const setpriv = await findProgram('setpriv')
  if (setpriv === undefined) return []
  const prefix = [setpriv, `--bounding-set=${kept}`, '--inh-caps=-all', '--'] as const
  const tried = await run([...prefix, 'true']).catch(() => undefined)
  return tried?.code === 0 ? [...prefix] : []
}
