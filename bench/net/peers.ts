/**
 * The user-mode network stacks under comparison, each started as its users start it. All but slirp4netns
 * serve a unix socket with QEMU's stream framing. slirp4netns has two entries: as `slirp4netns` it creates
 * and reads the tap device itself, which saves it the process between tap and socket that all others need; as
 * `slirp4netns-bess` it serves a socket through the same process as the others, so that the work is the same.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { basename, join } from 'node:path'

/** A port on the host's loopback, mapped to a port of the guest. */
export interface Mapping {
  protocol: 'tcp' | 'udp'
  hostPort: number
  guestPort: number
}

export interface PeerSetup {
  /** Path for the link's socket. */
  path: string
  /** Path for the control socket, for peers that do not take port mappings at start-up. */
  apiPath: string
  mtu: number
  mappings: readonly Mapping[]
  /** The guest's namespace, for the peer that creates the device itself. */
  namespace: string
}

export interface Peer {
  name: string
  /**
   * `link`: serves a stream of frames. `bess`: serves a socket of messages. `tap`: creates and configures the
   * guest's device.
   */
  kind: 'link' | 'bess' | 'tap'
  /** The guest's address and its gateway. */
  guest: string
  gateway: string
  /** Address of the host's loopback in the guest. */
  host: string
  start(setup: PeerSetup): ChildProcess
}

const serve = join(import.meta.dirname, 'serve.ts')

/** This project, whose resolver uses the given upstream. `more` are options of serve.ts. */
export function desktop(upstream?: string, more: readonly string[] = []): Peer {
  return {
    name: 'desktop',
    kind: 'link',
    guest: '192.168.65.3',
    gateway: '192.168.65.1',
    host: '192.168.65.254',
    start: ({ path, mtu, mappings }) => {
      const ports = mappings.flatMap(({ protocol, hostPort, guestPort }) => [
        '--map',
        `${protocol}:${hostPort}:${guestPort}`,
      ])
      const dns = upstream === undefined ? [] : ['--upstream', upstream]
      const command = [serve, '--link', path, '--mtu', `${mtu}`, ...ports, ...dns, ...more]
      return spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    },
  }
}

/** PASST selects another build than the one on the path. */
const passtProgram = process.env.PASST ?? 'passt'

/** Versions of the peers' Debian packages, or of their replacements. */
export function versions(): Record<string, string> {
  const packages = ['passt', 'slirp4netns', 'qemu-system-x86']
  const args = ['-W', '-f', '${Version}']
  const of = (name: string) => spawnSync('dpkg-query', [...args, name], { encoding: 'utf8' }).stdout ?? ''
  const known = Object.fromEntries(packages.map((name) => [name, of(name)]))
  return passtProgram === 'passt' ? known : { ...known, passt: basename(passtProgram) }
}

/** Refuses to run as root. */
export const passt: Peer = {
  name: 'passt',
  kind: 'link',
  guest: '192.168.65.3',
  gateway: '192.168.65.1',
  host: '192.168.65.1',
  start: ({ path, mtu, mappings }) => {
    const ports = mappings.flatMap(({ protocol, hostPort, guestPort }) => [
      protocol === 'tcp' ? '-t' : '-u',
      `127.0.0.1/${hostPort}:${guestPort}`,
    ])
    const options = ['-f', '-q', '-s', path, '-a', '192.168.65.3', '-n', '24', '-g', '192.168.65.1']
    const asNobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups']
    const command = [...asNobody, passtProgram, ...options, '-m', `${mtu}`, ...ports]
    return spawn('setpriv', command, { stdio: 'ignore' })
  },
}

const slirpAddresses = { guest: '192.168.65.100', gateway: '192.168.65.2', host: '192.168.65.2' } as const

function startSlirp({ apiPath, mtu }: PeerSetup, ...more: readonly string[]): ChildProcess {
  const options = [`--mtu=${mtu}`, '--cidr=192.168.65.0/24', `--api-socket=${apiPath}`]
  return spawn('slirp4netns', [...options, ...more], { stdio: 'ignore' })
}

/** Owns the tap device. */
export const slirp4netns: Peer = {
  name: 'slirp4netns',
  kind: 'tap',
  ...slirpAddresses,
  start: (setup) => {
    const where = ['--netns-type=path', `/var/run/netns/${setup.namespace}`, 'tap0']
    return startSlirp(setup, '--configure', ...where)
  },
}

/** As for User Mode Linux: listens, and accepts one guest. */
export const slirp4netnsBess: Peer = {
  name: 'slirp4netns-bess',
  kind: 'bess',
  ...slirpAddresses,
  start: (setup) => startSlirp(setup, '--target-type=bess', setup.path),
}

/** QEMU's user netdev, as an argument of -netdev. */
export function userNetdev(id: string, mappings: readonly Mapping[]): string {
  const forwards = mappings.map(
    ({ protocol, hostPort, guestPort }) =>
      `,hostfwd=${protocol}:127.0.0.1:${hostPort}-192.168.65.3:${guestPort}`,
  )
  const addresses = 'net=192.168.65.0/24,host=192.168.65.1,dns=192.168.65.2,dhcpstart=192.168.65.3'
  return `user,id=${id},${addresses}${forwards.join('')}`
}

/**
 * QEMU's user netdev in a QEMU without a machine: a hub connects it to a stream netdev, so that it has the
 * same link as the others. Its MTU is fixed at 1500.
 */
export const libslirp: Peer = {
  name: 'libslirp',
  kind: 'link',
  guest: '192.168.65.3',
  gateway: '192.168.65.1',
  host: '192.168.65.1',
  start: ({ path, mappings }) => {
    const netdevs = [
      userNetdev('u', mappings),
      `stream,id=s,server=on,addr.type=unix,addr.path=${path}`,
      'hubport,id=a,hubid=0,netdev=u',
      'hubport,id=b,hubid=0,netdev=s',
    ]
    const options = ['-M', 'none', '-nodefaults', '-display', 'none']
    return spawn('qemu-system-x86_64', [...options, ...netdevs.flatMap((netdev) => ['-netdev', netdev])], {
      stdio: 'ignore',
    })
  },
}
