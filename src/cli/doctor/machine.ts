/** Checks the host: programs, accelerator, memory, disk, clock. Pure. */
import { formatBytes } from '../../config/units.ts'
import type { Observation } from '../../observation.ts'
import type { AcceleratorAnswer } from '../../vm/probe/native.ts'
import { qemuRelease } from '../../vm/qemu/tcg-thread.ts'
import { bad, type Check, good, limited } from './check.ts'

/** @param install command that installs them on this host, or a link to instructions. */
export function packagesCheck(missing: readonly string[], install: string): Check {
  const name = 'host packages'
  if (missing.length === 0) return good(name, 'all installed')
  return bad(name, `missing ${missing.join(', ')}`, install)
}

/** The oldest tested version. */
const oldestQemu = [7, 2] as const

/** @param text of `qemu-system-… --version`; undefined if it is not installed. */
export function qemuCheck(text: string | undefined): Check[] {
  if (text === undefined) return []
  const release = qemuRelease(text)
  if (release === undefined) return [limited('QEMU', 'unknown version', 'qemu-system-x86_64 --version')]
  const { version, major, minor } = release
  if (major > oldestQemu[0] || (major === oldestQemu[0] && minor >= oldestQemu[1]))
    return [good('QEMU', version)]
  return [
    limited('QEMU', `${version}, older than any tested version`, `install ${oldestQemu.join('.')} or later`),
  ]
}

/** First release that saves vhost-user-fs devices. */
const firstSavingQemu = [8, 2] as const

/** @param text of `qemu-system-… --version`; undefined if it is not installed. */
export function suspendCheck(
  text: string | undefined,
  virtiofsd: { savesOpenFiles: boolean } | undefined,
): Check[] {
  if (text === undefined || virtiofsd === undefined) return []
  const { major = 0, minor = 0 } = qemuRelease(text) ?? {}
  const [first, second] = firstSavingQemu
  const saves = virtiofsd.savesOpenFiles && (major > first || (major === first && minor >= second))
  if (saves) return [good('suspend', 'possible with shares')]
  return [
    limited(
      'suspend',
      'QEMU or virtiofsd cannot save shares, so `desktop stop` shuts the VM down',
      'write `vm.qemu: debian` to run it with those of Debian 13',
    ),
  ]
}

export function acceleratorCheck(answer: Observation<AcceleratorAnswer> | undefined): Check {
  const name = 'accelerator'
  if (answer?.state !== 'present') {
    const why = answer?.state === 'unknown' ? answer.reason : 'not known'
    return limited(name, why, '`desktop apply` installs QEMU, builds the guest and tests it')
  }
  const { accelerator, reason, hint } = answer.value
  if (reason === undefined) return good(name, accelerator)
  return limited(
    name,
    `${accelerator}: ${reason}; the VM runs emulated, about ten times slower`,
    hint ?? 'write `vm.accelerator: tcg` to accept that',
  )
}

interface Memory {
  /** /proc/meminfo; undefined on other systems. */
  meminfo: string | undefined
  /** Memory limit of this process's control group; undefined for no limit. */
  groupBytes: number | undefined
  vmBytes: number
  /** The VM's memory is already in use. */
  running: boolean
}

export function memoryCheck({ meminfo, groupBytes, vmBytes, running }: Memory): Check[] {
  if (meminfo === undefined) return []
  const of = (key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  const [total, available] = [of('MemTotal'), of('MemAvailable')]
  const name = 'memory'
  const wanted = `vm.memory is ${formatBytes(vmBytes)}`
  if (groupBytes !== undefined && groupBytes < vmBytes) {
    return [
      bad(
        name,
        `${wanted}, and this control group may use ${gigabytes(groupBytes)}`,
        'raise the limit of the container or unit, or lower vm.memory',
      ),
    ]
  }
  if (total < vmBytes)
    return [bad(name, `${wanted}, and this host has ${gigabytes(total)}`, 'lower vm.memory')]
  if (!running && available < vmBytes) {
    return [
      limited(
        name,
        `${wanted}, and ${gigabytes(available)} are available now`,
        'free some memory, or lower vm.memory',
      ),
    ]
  }
  return [good(name, `${wanted} of ${gigabytes(total)}`)]
}

export function cpusCheck(cpus: number, available: number): Check {
  if (cpus <= available) return good('CPUs', `vm.cpus is ${cpus} of ${available}`)
  return limited(
    'CPUs',
    `vm.cpus is ${cpus}, and this host has ${available}`,
    `set vm.cpus to ${available} or less`,
  )
}

/** Minimum for the image and the engine's own images. */
const leastFreeBytes = 2e9

export function spaceCheck(name: string, free: number | undefined, dir: string, variable: string): Check {
  if (free === undefined)
    return limited(name, `${dir} cannot be read`, `fix its permissions, or set ${variable}`)
  const found = `${gigabytes(free)} at ${dir}`
  if (free >= leastFreeBytes) return good(name, found)
  return bad(name, found, `free some space, or set ${variable} to a larger file system`)
}

interface Clock {
  now: Date
  /** Lower bound of a correct clock. */
  built: Date
  /** As reported by timedatectl; undefined if unavailable. */
  synchronised: boolean | undefined
  /** The VM's clock in seconds since 1970; undefined if the VM is not running. */
  guestSeconds: number | undefined
}

export function clockCheck({ now, built, synchronised, guestSeconds }: Clock): Check {
  const name = 'clock'
  const found = now.toISOString()
  if (now < built)
    return bad(name, `${found}, which is in the past`, 'set the clock: certificates are not valid yet')
  const apart = guestSeconds === undefined ? 0 : Math.abs(guestSeconds - now.getTime() / 1000)
  if (apart > 5)
    return limited(
      name,
      `the VM's clock is ${Math.round(apart)} s off`,
      'see `desktop logs ntp`; a stop and start sets the clock',
    )
  if (synchronised === false)
    return limited(
      name,
      `${found}, not synchronised`,
      'as root: timedatectl set-ntp true; the VM follows this clock',
    )
  return good(name, guestSeconds === undefined ? found : `${found}, and the VM's agrees`)
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/**
 * Memory limit of the control group in `/proc/self/cgroup` (cgroups(7)), read through `read`; `max` and huge
 * values mean no limit.
 */
export async function groupMemoryLimit(
  ownGroups: string | undefined,
  read: (path: string) => Promise<string | undefined>,
): Promise<number | undefined> {
  const limits: number[] = []
  for (const line of (ownGroups ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (path === undefined) continue
    const unified = controllers === ''
    if (!unified && controllers !== 'memory') continue
    const [root, file] = unified
      ? ['/sys/fs/cgroup', 'memory.max']
      : ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes']
    // A container often sees its own group as the root.
    for (const dir of new Set([`${root}${path === '/' ? '' : path}`, root])) {
      const limit = Number((await read(`${dir}/${file}`))?.trim())
      if (limit > 0 && limit < 2 ** 60) limits.push(limit)
    }
  }
  return limits.length === 0 ? undefined : Math.min(...limits)
}
