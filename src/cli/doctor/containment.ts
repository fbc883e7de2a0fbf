/** Confinement of QEMU and the supervisor, as reported by the kernel (proc(5), /proc/PID/status). Pure. */
import { type Check, good, limited } from './check.ts'

/** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which QEMU keeps if it runs as root. */
const keptCapabilities = 0x6n

/** Names in /proc/PID/ns (namespaces(7)). */
export const namespaceKinds = ['user', 'mnt', 'net', 'ipc', 'pid'] as const

/**
 * @param status text of /proc/PID/status of the running QEMU; undefined if none is running or the host is not
 * Linux.
 * @param shared namespaces shared with this process.
 */
export function containmentCheck(status: string | undefined, shared: readonly string[]): Check[] {
  if (status === undefined) return []
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
  const capabilities = BigInt(`0x${field('CapEff') || '0'}`)
  const held = {
    [`its own namespaces${shared.length === 0 ? '' : ` (${shared.join(', ')})`}`]: shared.length === 0,
    'system calls filtered (seccomp)': field('Seccomp') === '2',
    'no new privileges': field('NoNewPrivs') === '1',
    'no capabilities of root': (capabilities & ~keptCapabilities) === 0n,
  }
  const fix =
    shared.length === 0
      ? '`desktop stop --power-off` and `desktop start` restart QEMU with full containment'
      : 'needs util-linux, user namespaces (`unshare --map-root-user true`) and a QEMU below /usr or in a store; then `desktop stop --power-off` and `desktop start`; until then Landlock bounds its files, where the kernel has it'
  return [verdictOn('containment of QEMU', held, fix)]
}

/**
 * @param status text of /proc/PID/status of the running supervisor, and `limits` of /proc/PID/limits;
 * undefined if none is running or the host is not Linux.
 */
export function supervisorCheck(status: string | undefined, limits: string | undefined): Check[] {
  if (status === undefined) return []
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
  const held = {
    'system calls filtered (seccomp)': field('Seccomp') === '2',
    'no new privileges': field('NoNewPrivs') === '1',
    'no core dumps': /^Max core file size\s+0\s+0\s/m.test(limits ?? ''),
  }
  return [
    verdictOn(
      'containment of the supervisor',
      held,
      'to restart it, run `desktop stop`, then `desktop apply`',
    ),
  ]
}

function verdictOn(name: string, held: Readonly<Record<string, boolean>>, fix: string): Check {
  const names = (on: boolean): string =>
    Object.entries(held)
      .filter(([, is]) => is === on)
      .map(([what]) => what)
      .join(', ')
  return Object.values(held).every(Boolean)
    ? good(name, names(true))
    : limited(name, `missing: ${names(false)}`, fix)
}

/** An attacker who escapes the VM has the rights of its user. */
export function userCheck(uid: number | undefined): Check[] {
  if (uid !== 0) return []
  return [
    limited(
      'user',
      'desktop runs as root; through a shared folder, root in the VM writes as root on this host',
      'run it as an ordinary user in the group kvm',
    ),
  ]
}
