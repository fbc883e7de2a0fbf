/** Rendered files in the running guest, and kernel state in /proc. */
import { daemonJsonPath, loadedTrustedPath } from '../engine/reload.ts'
import { messageOf } from '../errors/system.ts'
import { listedPlatforms, platformList, registered } from '../guest/binfmt.ts'
import { absent, type Observation, present, unknown } from '../observation.ts'
import type { Control } from '../supervisor/api/api.ts'
import { guestNetwork, guestNetworkPaths } from './guest-network.ts'
import type { ObservedGuest } from './observed.ts'

interface GuestInputs {
  sysctlKeys: readonly string[]
  filePaths?: readonly string[]
  /** CPU architectures to emulate. */
  platforms?: readonly string[]
  /** Whether to read the mount points of shares. */
  shares?: boolean
  /** Whether the VM should have IPv6. */
  ipv6?: boolean
}

const swapsPath = '/proc/swaps'
const mountsPath = '/proc/1/mounts'

/** A single agent call without starting a program in the guest, which would double the time under emulation. */
export async function observeGuest(
  guest: Pick<Control, 'guestReadFiles' | 'guestTime'>,
  { sysctlKeys, filePaths = [], platforms = [], shares = false, ipv6 = false }: GuestInputs,
): Promise<Observation<ObservedGuest>> {
  const own = [
    daemonJsonPath,
    loadedTrustedPath,
    swapsPath,
    platformList,
    ...platforms.map(registered),
    ...guestNetworkPaths(ipv6),
    ...(shares ? [mountsPath] : []),
  ]
  const paths = [...own, ...sysctlKeys.map(sysctlPath), ...filePaths]
  const [readings, clockOffsetMs] = await Promise.all([guest.guestReadFiles(paths), clockOffset(guest)])
  const read = new Map(paths.map((path, i) => [path, readings[i] ?? absent]))
  const reading = (path: string): Observation<string> => read.get(path) ?? absent
  const sysctl = Object.fromEntries(sysctlKeys.map((key) => [key, reading(sysctlPath(key))]))
  const files = Object.fromEntries(filePaths.map((path) => [path, reading(path)]))
  return present({
    daemonJson: reading(daemonJsonPath),
    trusted: reading(loadedTrustedPath),
    sysctl,
    swapBytes: map(reading(swapsPath), swapBytes),
    network: guestNetwork(reading, ipv6),
    clockOffsetMs,
    platforms: emulated(platforms, reading),
    ...(filePaths.length === 0 ? {} : { files }),
    ...(shares ? { shares: map(reading(mountsPath), shareMounts) } : {}),
  })
}

/** Platforms on the guest's list. A desired platform must also be enabled, because root in the VM can disable it. */
function emulated(
  wanted: readonly string[],
  reading: (path: string) => Observation<string>,
): Observation<readonly string[]> {
  const list = reading(platformList)
  if (list.state === 'absent') return present([])
  const runs = (platform: string): boolean => {
    const entry = reading(registered(platform))
    return entry.state === 'present' && entry.value.startsWith('enabled')
  }
  return map(list, (text) =>
    listedPlatforms(text).filter((platform) => !wanted.includes(platform) || runs(platform)),
  )
}

const map = <T, U>(reading: Observation<T>, change: (value: T) => U): Observation<U> =>
  reading.state === 'present' ? present(change(reading.value)) : reading

/** Size of our swap files; a line is `PATH TYPE KIB …`, and the kernel does not count the first page. */
export function swapBytes(swaps: string): number {
  const files = swaps.matchAll(/^\/var\/lib\/swap\/\d+\s+file\s+(\d+)\s/gm)
  return [...files].reduce((sum, [, kib]) => sum + (Number(kib) + 4) * 1024, 0)
}

/** Queries the agent while the files are being read; assumes symmetric latency. */
async function clockOffset(guest: Pick<Control, 'guestTime'>): Promise<Observation<number>> {
  const began = Date.now()
  try {
    const time = await guest.guestTime()
    return present(Math.round(time - (began + Date.now()) / 2))
  } catch (error) {
    return unknown(messageOf(error))
  }
}

/** Mount points where virtiofs is the topmost mount. proc(5) escapes blanks and other characters in octal. */
export function shareMounts(mounts: string): string[] {
  const last = new Map([...mounts.matchAll(/^\S+ (\S+) (\S+) /gm)].map(([, at = '', type]) => [at, type]))
  const targets = [...last].flatMap(([at, type]) => (type === 'virtiofs' ? [at] : []))
  return targets.map((target) =>
    target.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
  )
}

/** sysctl(8): dots are slashes, and slashes are dots. */
const sysctlPath = (key: string): string =>
  `/proc/sys/${key.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))}`
