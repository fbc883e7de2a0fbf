/** Capabilities of a container (capabilities(7)), in the kernel's order. */
import { DesktopError } from '../../errors/desktop-error.ts'
import type { ContainerSettings } from './types.ts'

const known = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE ' +
  'NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT ' +
  'SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE ' +
  'AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ ' +
  'PERFMON BPF CHECKPOINT_RESTORE'
)
  .split(' ')
  .map((name) => `CAP_${name}`)

const names: ReadonlySet<string> = new Set(known)

export interface Capabilities {
  /** Sorted; also used as inheritable and permitted set. */
  bounding: readonly string[]
  /** In the given order. */
  effective: readonly string[]
  ambient: readonly string[]
}

function expand(list: readonly string[]): readonly string[] {
  const [only] = list.length === 1 ? list : []
  if (only?.toLowerCase() === 'none') return []
  const all = only?.toLowerCase() === 'all' ? known : list
  const unknown = all.find((name) => !names.has(name))
  if (unknown !== undefined) {
    throw new DesktopError('linuxkit/bad-value', `"${unknown}" is not a capability`, {
      hint: 'write capabilities as CAP_NET_ADMIN, or a single `all` or `none`',
    })
  }
  return all
}

/** The entry's own list replaces the label's; `capabilities.add` extends the label's. */
export function capabilitiesOf(label: ContainerSettings, own: ContainerSettings): Capabilities {
  const added = [...(label.capabilities ?? []), ...(own['capabilities.add'] ?? [])]
  const effective = expand(own.capabilities ?? added)
  const ambient = expand(own.ambient ?? label.ambient ?? [])
  return { bounding: [...new Set([...effective, ...ambient])].sort(), effective, ambient }
}
