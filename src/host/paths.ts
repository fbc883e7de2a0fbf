/**
 * Every on-disk name in one place. Nothing else builds a path from an XDG directory.
 *
 * state    kept until `destroy`: data disk, generations, identity, locks, and the sockets between our own processes
 * cache    can be deleted at any time: Debian packages, OCI store, built images
 * runtime  docker.sock, the tty and the metadata disk, gone after a reboot or a logout
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Longest path a unix socket may have: sun_path is 104 bytes on macOS, 108 on Linux, NUL included. */
export const maxSocketPathBytes = 103

function xdg(env: Env, name: string, fallback: string): string {
  const value = env[name]
  // The XDG base directory specification requires relative paths to be ignored.
  return join(value?.startsWith('/') ? value : fallback, 'desktop')
}

export interface BaseDirs {
  config: string
  state: string
  cache: string
  runtime: string
}

export function baseDirs(env: Env = process.env): BaseDirs {
  const home = env.HOME ?? homedir()
  return {
    config: xdg(env, 'XDG_CONFIG_HOME', join(home, '.config')),
    state: xdg(env, 'XDG_STATE_HOME', join(home, '.local', 'state')),
    cache: xdg(env, 'XDG_CACHE_HOME', join(home, '.cache')),
    runtime: env.XDG_RUNTIME_DIR?.startsWith('/')
      ? join(env.XDG_RUNTIME_DIR, 'desktop')
      : join(tmpdir(), `desktop-${process.getuid?.() ?? 'user'}`),
  }
}

/** The user's local certificate authority, shared by all environments. */
export const authorityDir = (dirs: BaseDirs = baseDirs()): string => join(dirs.state, 'authority')

/** Site policy. The path is fixed: a variable would let users evade the rules. */
export const sitePolicyFile = '/etc/desktop/policy.yaml'

export interface EnvironmentPaths {
  stateDir: string
  runtimeDir: string
  /** The supervisor, QEMU and the runtime directory. */
  identity: string
  /** Name of the environment and location of its file: `environment.json`. */
  record: string
  journal: string
  generationsDir: string
  lock: string
  dataDisk: string
  /** Per-environment guest data, credentials included: written at each start, lost on reboot. */
  metadataIso: string
  /** Recorded requests of the supervisor, for its successor. */
  supervisorState: string
  supervisorLog: string
  supervisorPid: string
  consoleLog: string
  qemuLog: string
  /** Last daemon.json with which the engine started or reloaded, with sealed credentials. */
  lastGoodDaemonJson: string
  /** The last VM that booted, for rollback. */
  lastGoodVm: string
  /** A suspended machine: its manifest and its state. */
  suspendedMachine: string
  suspendedState: string
  /** The VM's tty as a device, for `screen` and the like. */
  consoleTty: string
  sockets: {
    control: string
    link: string
    /** The VM's second network card, for docker.sock and terminals. */
    channel: string
    qmp: string
    agent: string
    console: string
    docker: string
    /** Socket for transferring a VM's state to and from QEMU. */
    state: string
  }
}

const fits = (directory: string, socket: string): boolean =>
  Buffer.byteLength(join(directory, socket)) <= maxSocketPathBytes

/** If the path would be too long for docker.sock, a short one is used. */
function runtimeDirOf(name: string, dirs: BaseDirs): string {
  const usual = join(dirs.runtime, name)
  return fits(usual, 'docker.sock') ? usual : join('/tmp', `desktop-${process.getuid?.() ?? 'user'}`, name)
}

/**
 * Paths of the environment `name`, which the config schema restricts to one path segment. A running environment may
 * have another runtime directory: see host/locate.ts.
 */
export function environmentPaths(
  name: string,
  dirs: BaseDirs = baseDirs(),
  runtimeDir: string = runtimeDirOf(name, dirs),
): EnvironmentPaths {
  const stateDir = join(dirs.state, 'environments', name)
  // In the state directory, independent of logouts and XDG_RUNTIME_DIR.
  const ownDir = fits(stateDir, 'vm/channel.sock') ? stateDir : runtimeDir
  // The only directory visible to QEMU (vm/qemu/namespaces.ts).
  const qemuDir = join(ownDir, 'vm')
  return {
    stateDir,
    runtimeDir,
    identity: join(stateDir, 'identity.json'),
    record: join(stateDir, 'environment.json'),
    journal: join(stateDir, 'journal.ndjson'),
    generationsDir: join(stateDir, 'generations'),
    lock: join(stateDir, 'lock'),
    dataDisk: join(stateDir, 'data.qcow2'),
    metadataIso: join(runtimeDir, 'metadata.iso'),
    supervisorState: join(stateDir, 'supervisor.json'),
    supervisorLog: join(stateDir, 'supervisor.log'),
    supervisorPid: join(stateDir, 'supervisor.pid'),
    consoleLog: join(stateDir, 'console.log'),
    qemuLog: join(stateDir, 'qemu.log'),
    lastGoodDaemonJson: join(stateDir, 'daemon.last-good.json'),
    lastGoodVm: join(stateDir, 'vm.last-good.json'),
    suspendedMachine: join(stateDir, 'suspended.json'),
    suspendedState: join(stateDir, 'suspended.state'),
    consoleTty: join(runtimeDir, 'tty'),
    sockets: {
      control: join(ownDir, 'control.sock'),
      link: join(qemuDir, 'link.sock'),
      channel: join(qemuDir, 'channel.sock'),
      qmp: join(qemuDir, 'qmp.sock'),
      agent: join(qemuDir, 'agent.sock'),
      console: join(qemuDir, 'console.sock'),
      docker: join(runtimeDir, 'docker.sock'),
      state: join(qemuDir, 'state.sock'),
    },
  }
}

/** Files for another host, reached by ssh. */
export interface SshHostPaths {
  dir: string
  /** Socket of the shared connection (ControlPath). */
  connection: string
  /** What this host knows of the other one: see apply/environment/known-hosts.ts. */
  known: string
}

/** ssh(1) appends a random suffix while it creates its socket, and expands percent signs and variables in paths. */
const connectionFits = (dir: string): boolean =>
  /^[A-Za-z0-9_@+,./-]+$/.test(dir) && fits(dir, `c.${'x'.repeat(16)}`)

export function sshHostPaths(target: string, dirs: BaseDirs = baseDirs()): SshHostPaths {
  const key = createHash('sha256').update(target).digest('hex').slice(0, 12)
  const usual = join(dirs.state, 'hosts', key)
  const short = join('/tmp', `desktop-${process.getuid?.() ?? 'user'}`, 'hosts', key)
  const dir = connectionFits(usual) ? usual : short
  return { dir, connection: join(dir, 'c'), known: join(usual, 'known.json') }
}

/** Local end of a socket of an environment on another host. */
export const forwardedSocket = ({ dir }: SshHostPaths, name: string, socket: 'control' | 'docker'): string =>
  join(dir, `${createHash('sha256').update(name).digest('hex').slice(0, 12)}.${socket.slice(0, 1)}`)

/** Local end of a socket that this process forwards for a moment. */
export const temporarySocket = ({ dir }: SshHostPaths): string => join(dir, `p${process.pid}`)

/** Exists while an apply waits for confirmation. */
export const trialPath = ({ stateDir }: Pick<EnvironmentPaths, 'stateDir'>): string =>
  join(stateDir, 'trial.json')

/** In the folder of desktop.yaml; of the first, if there are several. */
export const lockFilePath = (configFile: string): string => join(dirname(configFile), 'desktop.lock')

/** Socket between QEMU and virtiofsd of the share with this index. */
export const shareSocket = ({ sockets }: Pick<EnvironmentPaths, 'sockets'>, index: number): string =>
  join(dirname(sockets.qmp), `share${index}.sock`)

export interface CachePaths {
  debsDir: string
  aptDir: string
  /** Docker clients for hosts without one, one directory each. */
  clientDir: string
  /** QEMU's user-mode emulators, one directory per version. */
  emulatorDir: string
  /** QEMU and virtiofsd of the guest's Debian release, one directory per version. */
  hypervisorDir: string
  ociDir: string
  imagesDir: string
  /** Rendered templates, by the digest of their inputs. */
  renderedDir: string
  /** Golden snapshots, one directory each. */
  goldenDir: string
  /** Cached accelerator verdicts for the current host boot. */
  acceleratorDir: string
}

export function cachePaths(dirs: BaseDirs = baseDirs()): CachePaths {
  return {
    debsDir: join(dirs.cache, 'debs'),
    aptDir: join(dirs.cache, 'apt'),
    clientDir: join(dirs.cache, 'client'),
    emulatorDir: join(dirs.cache, 'emulators'),
    hypervisorDir: join(dirs.cache, 'hypervisor'),
    ociDir: join(dirs.cache, 'oci'),
    imagesDir: join(dirs.cache, 'images'),
    renderedDir: join(dirs.cache, 'rendered'),
    goldenDir: join(dirs.cache, 'golden'),
    acceleratorDir: join(dirs.cache, 'accelerator'),
  }
}

/** Root of the checkout or installed package, which contains `templates/` and `schemas/`. */
export function packageRoot(): string {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'templates'))) return dir
    if (dir === dirname(dir)) throw new Error('desktop: its own package directory was not found')
  }
}
