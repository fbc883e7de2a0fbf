/**
 * Every on-disk name in one place. Nothing else builds a path from an XDG directory.
 *
 * state    kept until `destroy`: data disk, generations, journal, last known good daemon.json
 * cache    can be deleted at any time: Debian packages, OCI store, built images
 * runtime  sockets and pid files, gone after a reboot
 */
import { existsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Longest path a unix socket may have: sun_path is 104 bytes on macOS, 108 on Linux, NUL included. */
export const maxSocketPathBytes = 103

function xdg(env: Env, name: string, fallback: string): string {
  const value = env[name]
  // The XDG base directory specification says: relative values are to be ignored.
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

/** Policy rules for everyone on this machine. No variable leads elsewhere: whoever sets one could leave the rules behind. */
export const sitePolicyFile = '/etc/desktop/policy.yaml'

export interface EnvironmentPaths {
  stateDir: string
  runtimeDir: string
  /** Identity and where the file is: `environment.json`. */
  record: string
  journal: string
  generationsDir: string
  lock: string
  dataDisk: string
  /** The guest's own data, credentials among them: written for each start, and gone after a reboot. */
  metadataIso: string
  /** What the supervisor was told, so that its successor can go on. */
  supervisorState: string
  supervisorLog: string
  supervisorPid: string
  /** Held by the one supervisor as long as it lives. */
  supervisorLock: string
  consoleLog: string
  qemuLog: string
  /** Last daemon.json that the engine is known to have started or reloaded with, its credentials sealed. */
  lastGoodDaemonJson: string
  /** What the VM last came up with, to return to when it does not come up with something else. */
  lastGoodVm: string
  /** A suspended machine: what it is, and its state. */
  suspendedMachine: string
  suspendedState: string
  /** The VM's tty as a device, for `screen` and the like. */
  consoleTty: string
  sockets: {
    control: string
    link: string
    qmp: string
    agent: string
    console: string
    docker: string
    /** QEMU passes a machine's state by it. */
    state: string
  }
}

/** Paths of the environment called `name`; names are checked by the config schema to be one path segment. */
export function environmentPaths(name: string, dirs: BaseDirs = baseDirs()): EnvironmentPaths {
  const stateDir = join(dirs.state, 'environments', name)
  const runtimeDir = join(dirs.runtime, name)
  return {
    stateDir,
    runtimeDir,
    record: join(stateDir, 'environment.json'),
    journal: join(stateDir, 'journal.ndjson'),
    generationsDir: join(stateDir, 'generations'),
    lock: join(stateDir, 'lock'),
    dataDisk: join(stateDir, 'data.qcow2'),
    metadataIso: join(runtimeDir, 'metadata.iso'),
    supervisorState: join(stateDir, 'supervisor.json'),
    supervisorLog: join(stateDir, 'supervisor.log'),
    supervisorPid: join(runtimeDir, 'supervisor.pid'),
    supervisorLock: join(runtimeDir, 'supervisor.pid.lock'),
    consoleLog: join(stateDir, 'console.log'),
    qemuLog: join(stateDir, 'qemu.log'),
    lastGoodDaemonJson: join(stateDir, 'daemon.last-good.json'),
    lastGoodVm: join(stateDir, 'vm.last-good.json'),
    suspendedMachine: join(stateDir, 'suspended.json'),
    suspendedState: join(stateDir, 'suspended.state'),
    consoleTty: join(runtimeDir, 'tty'),
    sockets: {
      control: join(runtimeDir, 'control.sock'),
      link: join(runtimeDir, 'link.sock'),
      qmp: join(runtimeDir, 'qmp.sock'),
      agent: join(runtimeDir, 'agent.sock'),
      console: join(runtimeDir, 'console.sock'),
      docker: join(runtimeDir, 'docker.sock'),
      state: join(runtimeDir, 'state.sock'),
    },
  }
}

/** Beside desktop.yaml, the first of several. */
export const lockFilePath = (configFile: string): string => join(dirname(configFile), 'desktop.lock')

/** Where QEMU reaches the server of the share at this place of the list. */
export const shareSocket = ({ runtimeDir }: Pick<EnvironmentPaths, 'runtimeDir'>, index: number): string =>
  join(runtimeDir, `share${index}.sock`)

export interface CachePaths {
  debsDir: string
  aptDir: string
  ociDir: string
  imagesDir: string
  /** Texts that were rendered from templates, by the digest of what decides them. */
  renderedDir: string
  /** Golden snapshots, one directory each. */
  goldenDir: string
}

export function cachePaths(dirs: BaseDirs = baseDirs()): CachePaths {
  return {
    debsDir: join(dirs.cache, 'debs'),
    aptDir: join(dirs.cache, 'apt'),
    ociDir: join(dirs.cache, 'oci'),
    imagesDir: join(dirs.cache, 'images'),
    renderedDir: join(dirs.cache, 'rendered'),
    goldenDir: join(dirs.cache, 'golden'),
  }
}

/** The checkout or installed package this code runs from: where `templates/` and `schemas/` are. */
export function packageRoot(): string {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'templates'))) return dir
    if (dir === dirname(dir)) throw new Error('desktop: its own package directory was not found')
  }
}
