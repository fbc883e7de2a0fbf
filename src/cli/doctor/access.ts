/** Checks the user's permissions and docker's current endpoint. Pure. */
import { maxSocketPathBytes } from '../../host/paths.ts'
import type { Note } from '../../reconcile/plan.ts'
import { bad, type Check, good, limited } from './check.ts'

/**
 * Ping sockets are allowed by group (icmp(7)), and root has raw sockets (raw(7)); without either, the VM can
 * ping only the gateway.
 */
export function pingCheck(
  range: string | undefined,
  { groups, isRoot }: { groups: readonly number[]; isRoot: boolean },
  platform: string = process.platform,
): Check[] {
  if (platform !== 'linux') return []
  const name = 'ping from the VM'
  // The kernel's default is `1 0`, an empty range of groups.
  const [low = 1, high = 0] = (range ?? '1 0').trim().split(/\s+/).map(Number)
  if (isRoot || groups.some((group) => group >= low && group <= high)) return [good(name, 'allowed')]
  return [
    limited(
      name,
      'this user may not open ping sockets',
      "as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'",
    ),
  ]
}

export function socketPathsCheck(paths: readonly string[]): Check {
  const name = 'socket paths'
  const longest = Math.max(...paths.map((path) => Buffer.byteLength(path)))
  const found = `the longest has ${longest} of ${maxSocketPathBytes} bytes`
  if (longest <= maxSocketPathBytes) return good(name, found)
  return bad(name, found, 'use a shorter name, or a shorter XDG_RUNTIME_DIR')
}

/** State of a socket path: absent, responsive, stale (its process has exited), or not a socket. */
export type SocketFact = { path: string; state: 'absent' | 'answers' | 'stale' | 'other' }

export function staleSocketsCheck(facts: readonly SocketFact[], running: boolean): Check {
  const name = 'sockets'
  const other = facts.filter(({ state }) => state === 'other').map(({ path }) => path)
  if (other.length > 0)
    return bad(name, `no socket: ${other.join(', ')}`, 'remove it, or choose a different engine.socket')
  const stale = facts.filter(({ state }) => state === 'stale').map(({ path }) => path)
  if (stale.length > 0 && !running) {
    return limited(name, `stale, no process listens: ${stale.join(', ')}`, '`desktop apply` replaces them')
  }
  const answering = facts.filter(({ state }) => state === 'answers').length
  return good(name, answering === 0 ? 'no stale sockets' : `${answering} answer`)
}

export interface DirectoryFact {
  /** Environment variable that sets the path. */
  variable: string
  path: string
  /** Why nothing can be created there; undefined if it is writable. */
  problem: string | undefined
}

export function directoriesCheck(facts: readonly DirectoryFact[]): Check {
  const name = 'directories'
  const broken = facts.find(({ problem }) => problem !== undefined)
  if (broken === undefined) return good(name, `writable: ${facts.map(({ path }) => path).join(', ')}`)
  return bad(
    name,
    `${broken.path}: ${broken.problem}`,
    `fix its owner and permissions, or set ${broken.variable}`,
  )
}

/** Address range conflicts, as a plan reports them. */
export function rangesCheck(notes: readonly Note[]): Check[] {
  const clashes = notes.filter(({ level }) => level !== 'info')
  if (clashes.length === 0) return [good('address ranges', 'no conflict with networks of this host')]
  return clashes.map(({ about, message, hint = 'choose a different range', level }) =>
    (level === 'error' ? bad : limited)('address ranges', `${about}: ${message}`, hint),
  )
}

interface DockerFacts {
  /** Path of the docker command. */
  client: string | undefined
  /** Current endpoint and its source; undefined for docker's default. */
  endpoint: { from: string; host: string } | undefined
  /** The endpoint that `desktop env` prints. */
  wanted: string
}

export function dockerChecks({ client, endpoint, wanted }: DockerFacts): Check[] {
  if (client === undefined) {
    return [
      limited(
        'docker command',
        'not installed',
        '`desktop docker` downloads a client; other tools need one on this host',
      ),
    ]
  }
  const command = good('docker command', client)
  const name = 'docker endpoint'
  if (endpoint?.host === wanted) return [command, good(name, `this environment, from ${endpoint.from}`)]
  const found =
    endpoint === undefined ? 'the docker engine of this host' : `${endpoint.host}, from ${endpoint.from}`
  const how =
    endpoint?.from === 'DOCKER_HOST' || endpoint === undefined ? '' : `, and remove ${endpoint.from}`
  return [
    command,
    limited(
      name,
      `${found}, not this environment`,
      `eval "$(desktop env)"${how}; or engine.context: true and docker --context`,
    ),
  ]
}
