/** Memory of a running guest: /proc/meminfo (proc_meminfo(5)), and the cgroup that Docker creates its containers in. */
import { absent, type Observation, observedValue, present, unknown } from '../observation.ts'
import type { Control } from '../supervisor/api/api.ts'

export interface GuestMemory {
  totalBytes: number
  /** Without memory that the kernel can reclaim, such as the page cache. */
  usedBytes: number
  availableBytes: number
  /** Memory and page cache of all containers; absent before the first one. */
  containerBytes?: number
}

/** Of dockerd with cgroup v2 and the default cgroup driver. */
const containersPath = '/sys/fs/cgroup/docker/memory.current'

/** One agent call, without a program in the guest. */
export async function observeGuestMemory(
  guest: Pick<Control, 'guestReadFiles'>,
): Promise<Observation<GuestMemory>> {
  const [meminfo = absent, containers = absent] = await guest.guestReadFiles([
    '/proc/meminfo',
    containersPath,
  ])
  return meminfo.state === 'present' ? parseMemory(meminfo.value, observedValue(containers)) : meminfo
}

/** Lines `NAME: KIB kB`, and a number of bytes. */
export function parseMemory(meminfo: string, containers?: string): Observation<GuestMemory> {
  const bytesOf = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d{1,12}) kB$`, 'm').exec(meminfo)?.[1]) * 1024
  const [totalBytes, availableBytes] = [bytesOf('MemTotal'), bytesOf('MemAvailable')]
  if (!(totalBytes > 0 && availableBytes >= 0 && availableBytes <= totalBytes))
    return unknown('/proc/meminfo in the guest has no MemTotal and MemAvailable')
  const containerBytes = /^\d{1,15}$/.test(containers?.trim() ?? '') ? Number(containers) : undefined
  return present({
    totalBytes,
    usedBytes: totalBytes - availableBytes,
    availableBytes,
    ...(containerBytes === undefined ? {} : { containerBytes }),
  })
}
