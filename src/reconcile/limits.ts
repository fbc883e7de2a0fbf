/** Notes about limits of this host: ports, addresses, socket paths, memory and disk space. */
import type { Desired, PortMapping } from '../config/desired.ts'
import { formatBytes } from '../config/units.ts'
import type { HostLimits, ObservedHost, SocketPlace } from '../observe/observed.ts'
import { hostText, keyOf } from './machine-text.ts'
import type { Note } from './plan.ts'

const error = (about: string, message: string, hint: string): Note => ({
  level: 'error',
  about,
  message,
  hint,
})

/** Notes for mappings that are not listening yet. */
export function listenNotes(mappings: readonly PortMapping[], { limits }: ObservedHost): Note[] {
  return mappings.flatMap(({ id, listen }): Note[] => {
    const about = `ports.${id}`
    if (listen.kind === 'unix') return placeNote(about, listen.path, limits.socketPlaces[listen.path])
    const { address, port } = listen
    if (port < limits.lowestPort) {
      return [needsRoot(about, port, limits.lowestPort)]
    }
    if (canListenOn(address, limits)) return []
    return [
      error(
        about,
        `${address} is not an address of this host`,
        'use 127.0.0.1, 0.0.0.0 or an address from `ip address`',
      ),
    ]
  })
}

const needsRoot = (about: string, port: number, lowest: number): Note =>
  error(
    about,
    `port ${port} needs root on this host: the lowest port for this user is ${lowest}`,
    `use a higher port, or as root: sysctl net.ipv4.ip_unprivileged_port_start=${port}`,
  )

/** Notes for `names` ports that this user must not open. */
export function nameNotes(ports: Readonly<Record<string, number>>, { limits }: ObservedHost): Note[] {
  return Object.entries(ports).flatMap(([kind, port]) =>
    port < limits.lowestPort ? [needsRoot(`names.${kind}`, port, limits.lowestPort)] : [],
  )
}

/** On Linux, all of 127/8 is local. */
function canListenOn(address: string, { addresses }: HostLimits): boolean {
  if (address === '0.0.0.0' || address === '::' || address === '::1') return true
  return address.startsWith('127.') || addresses.includes(address)
}

/** Notes for a docker.sock at a new path. */
export const socketNotes = (path: string, { limits }: ObservedHost): Note[] =>
  placeNote('engine.socket', path, limits.socketPlaces[path])

function placeNote(about: string, path: string, place: SocketPlace | undefined): Note[] {
  switch (place) {
    case 'file':
    case 'directory':
      return [
        error(about, `${path} is a ${place}, not a socket; it is left untouched`, 'choose another path'),
      ]
    case 'no-folder':
      return [error(about, `the folder of ${path} does not exist`, 'create it, or choose another path')]
    case 'unwritable':
      return [error(about, `this user cannot create ${path}`, 'choose a path in a folder that you own')]
    case 'socket':
    case 'free':
    case undefined:
      return []
  }
}

/** Notes for a VM that is about to start. */
export function memoryNotes(desired: Desired, { limits }: ObservedHost): Note[] {
  const { vm } = desired
  if (vm.memoryBytes <= limits.memoryBytes) return []
  const most = formatBytes(Math.floor(limits.memoryBytes / 2 ** 20) * 2 ** 20)
  return [
    error(
      'vm.memory',
      `${formatBytes(vm.memoryBytes)} exceeds the memory of ${hostText(desired)} (${most})`,
      `lower ${keyOf(desired, 'memory')}`,
    ),
  ]
}

/** An apply journals its steps in the state directory. */
export function stateNotes({ stateProblem }: ObservedHost): Note[] {
  if (stateProblem === undefined) return []
  const hint = 'make it writable for this user, or set XDG_STATE_HOME to another folder'
  return [{ code: 'host/storage', ...error('state', stateProblem, hint), drift: true }]
}

/** Space for Docker's file system, its journal and the first layer; with less, the first boot fails midway. */
const leastFreeBytes = 64 * 2 ** 20

/** Notes for a VM that is about to start. */
export function spaceNotes({ freeBytes }: ObservedHost): Note[] {
  if (freeBytes === undefined || freeBytes >= leastFreeBytes) return []
  const free = formatBytes(Math.floor(freeBytes / 2 ** 20) * 2 ** 20)
  return [
    {
      code: 'host/no-space',
      ...error(
        'vm.disk',
        `no space: ${free} are free on the file system of the data disk; a VM needs ${formatBytes(leastFreeBytes)} to start`,
        'free some space there, or set XDG_STATE_HOME to a folder on a larger file system',
      ),
    },
  ]
}
