/**
 * Mounts of a container: Docker's defaults, then tmpfs, binds and mounts, each replacing an earlier one with the same
 * destination.
 */
import { DesktopError } from '../../errors/desktop-error.ts'
import { type GoValue, unlessEmpty } from './go-json.ts'
import type { ContainerSettings, IdMapping, Mount } from './types.ts'

const bad = (message: string): DesktopError => new DesktopError('linuxkit/bad-value', message)

function usual(readonly: boolean): Required<Pick<Mount, 'destination' | 'type' | 'source' | 'options'>>[] {
  const ro = readonly ? ['ro'] : []
  const mount = (destination: string, type: string, options: string[]) => {
    return { destination, type, source: type, options }
  }
  return [
    mount('/proc', 'proc', ['nosuid', 'nodev', 'noexec', 'relatime']),
    mount('/dev', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k', ...ro]),
    mount('/dev/pts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620']),
    mount('/sys', 'sysfs', ['nosuid', 'noexec', 'nodev', ...ro]),
    mount('/sys/fs/cgroup', 'cgroup', ['nosuid', 'noexec', 'nodev', 'relatime', 'ro']),
  ]
}

/** `DESTINATION[:OPTION,…]` */
function tmpfs(text: string): Mount {
  const [destination = '', options, ...rest] = text.split(':')
  if (rest.length > 0) throw bad(`tmpfs "${text}" has more than one colon`)
  return { destination, type: 'tmpfs', source: 'tmpfs', options: options?.split(',') ?? [] }
}

/** `SOURCE:DESTINATION[:OPTION,…]` */
function bind(text: string): Mount {
  const [source = '', destination, options, ...rest] = text.split(':')
  if (destination === undefined) throw bad(`bind "${text}" has no colon: it is SOURCE:DESTINATION[:OPTIONS]`)
  if (rest.length > 0) throw bad(`bind "${text}" has more than two colons`)
  const given = options === undefined ? ['rw', 'rbind', 'rshared'] : [...options.split(','), 'rbind']
  return { destination, type: 'bind', source, options: given }
}

const namedBySource: readonly string[] = ['mqueue', 'devpts', 'proc', 'sysfs', 'cgroup']

const usualPlaces: Readonly<Record<string, string>> = {
  proc: '/proc',
  devpts: '/dev/pts',
  sysfs: '/sys',
  cgroup: '/sys/fs/cgroup',
  mqueue: '/dev/mqueue',
}

function completed(mount: Mount): Mount {
  const given = mount.destination ?? ''
  const implied = namedBySource.find((name) => name === mount.source) ?? (given === '/dev' ? 'tmpfs' : '')
  const type = mount.type || implied
  if (type === '') throw bad(`the mount at "${given}" has no type`)
  const destination = given || (usualPlaces[type] ?? '')
  if (destination === '') throw bad(`a mount of type ${type} has no destination`)
  return { destination, type, source: mount.source || type, options: mount.options ?? [] }
}

/** Sorted by destination, so that `/dev` comes before `/dev/pts`. Throws `linuxkit/bad-value`. */
export function mountsOf(label: ContainerSettings, own: ContainerSettings, readonly: boolean): GoValue[] {
  const binds = own.binds ?? [...(label.binds ?? []), ...(own['binds.add'] ?? [])]
  const mounts: Mount[] = [
    ...usual(readonly),
    ...(own.tmpfs ?? label.tmpfs ?? []).map(tmpfs),
    ...binds.map(bind),
    ...(own.mounts ?? label.mounts ?? []).map(completed),
  ]
  const byPlace = new Map(mounts.map((mount) => [mount.destination ?? '', mount]))
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mount]) => mountJson(mount))
}

/** Upstream uses only the size of an id mapping. */
export const mappingJson = ({ size = 0 }: IdMapping): GoValue => ({ containerID: 0, hostID: 0, size })

/** `mount` of the OCI runtime specification (config.md, "Mounts"). */
export function mountJson(mount: Mount): GoValue {
  return {
    destination: mount.destination ?? '',
    type: unlessEmpty(mount.type ?? ''),
    source: unlessEmpty(mount.source ?? ''),
    options: unlessEmpty(mount.options ?? []),
    uidMappings: unlessEmpty((mount.uidmappings ?? []).map(mappingJson)),
    gidMappings: unlessEmpty((mount.gidmappings ?? []).map(mappingJson)),
  }
}
