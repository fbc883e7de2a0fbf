/** Start parameters and status of a VM. */
import type { Accelerator } from '../config/desired.ts'
import type { HostFiles } from './qemu/namespaces.ts'

/** Hashes that decide whether the VM restarts: image, metadata and argv. `parts` only explains differences. */
export interface VmHashes {
  image: string
  metadata: string
  argv: string
  /** Absent for a VM started by an earlier version. */
  parts?: VmParts
}

/** Keys that only a restart changes: entry name → short digest or text. */
export interface VmParts extends Readonly<Record<'services' | 'files' | 'shares', Entries>> {
  /** Absent: our own assembler. */
  readonly builder?: Entries
}

type Entries = Readonly<Record<string, string>>

/** Everything needed to start QEMU and connect to it. Computed by the CLI; see vm/qemu/argv.ts. */
export interface VmSpec {
  /** Complete command line, binary first. */
  argv: readonly string[]
  accelerator: Accelerator
  hashes: VmHashes
  sockets: {
    link: string
    /** Second network card, for docker.sock and terminals. Absent in specs of earlier versions. */
    channel?: string
    qmp: string
    agent: string
    console: string
  }
  consoleLog: string
  /** Host files that QEMU needs. Absent in specs of earlier versions. */
  files?: HostFiles
  /** Started before QEMU, which connects to their sockets; they exit with it. */
  daemons?: readonly VmDaemon[]
  /** The same machine under emulation, in case the accelerator fails, and the file that caches that verdict. */
  fallback?: { spec: VmSpec; verdictFile: string }
}

export interface VmDaemon {
  argv: readonly string[]
  socket: string
  /** Mount point in the VM. Absent in specs of earlier versions. */
  target?: string
  /** Reports changes of the host folder to the VM as file events; absent: none are. */
  watched?: { writable: boolean }
  /** Whether it can save which files are open; absent in specs of earlier versions. */
  savesOpenFiles?: boolean
}

/** A share of the running VM, and whether its virtiofsd is running. */
export interface ShareState {
  target: string
  /** False permanently, since QEMU cannot reconnect: processes in the VM that use the share block. */
  served: boolean
  /** File events of the host; absent if they are switched off, and while the VM is not running. */
  events?: ShareEvents
}

/** File events of one share. */
export interface ShareEvents {
  /** Watched folders of the host. */
  folders: number
  /** Why changes are not, or not all, reported to the VM. */
  problem?: string
}

/** Derived from QMP and the process table on request, never stored. */
export type VmStatus =
  | { state: 'absent' }
  | {
      /**
       * `mute`: QEMU is running but does not respond; it is polled every few seconds. `stalled`: the host's disk is
       * full; the guest is paused and resumes when there is space. `panicked`: the guest kernel panicked and has not
       * rebooted since.
       */
      state: 'starting' | 'running' | 'paused' | 'stopping' | 'mute' | 'stalled' | 'panicked'
      pid: number
      startedAt: string
      accelerator: Accelerator
      hashes: VmSpec['hashes']
      linkUp: boolean
      agentUp: boolean
      /** In the order of desktop.yaml; absent without shares, and for a VM started by an earlier version. */
      shares?: readonly ShareState[]
    }
  | {
      /** Suspended; QEMU is not running. Read from the state directory, never reported by the supervisor. */
      state: 'suspended'
      since: string
      accelerator: Accelerator
      hashes: VmSpec['hashes']
      /** Size of the saved state. */
      bytes: number
      /** Names of its running containers. */
      running: readonly string[]
    }
  | { state: 'exited'; code: number | null; signal: string | null; lastOutput: string }
