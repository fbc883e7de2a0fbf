/** The start parameters of a VM, and its reported state. */
import type { Accelerator } from '../config/desired.ts'
import type { HostFiles } from './qemu/namespaces.ts'

/** What decides a reboot: image, metadata and argv (architecture rule 5). `parts` only says why they differ. */
export interface VmHashes {
  image: string
  metadata: string
  argv: string
  /** Absent for a VM that an earlier version started. */
  parts?: VmParts
}

/** Entries of keys that only a restart changes: name → a short digest of it, or its text. */
export interface VmParts extends Readonly<Record<'services' | 'files' | 'shares', Entries>> {
  /** Absent: our own. */
  readonly builder?: Entries
}

type Entries = Readonly<Record<string, string>>

/** Everything needed to start QEMU and to speak to it. The CLI computes it; see vm/qemu/argv.ts. */
export interface VmSpec {
  /** Whole command line, binary first. */
  argv: readonly string[]
  accelerator: Accelerator
  hashes: VmHashes
  sockets: {
    link: string
    /** The second card, for docker.sock and terminals. Absent in what an earlier version wrote. */
    channel?: string
    qmp: string
    agent: string
    console: string
  }
  consoleLog: string
  /** All that QEMU needs of this host. Absent in what an earlier version wrote. */
  files?: HostFiles
  /** Started before QEMU, which connects to their sockets; they end when it does. */
  daemons?: readonly VmDaemon[]
  /** The same machine emulated, for when the accelerator fails, and where that is to be kept. */
  fallback?: { spec: VmSpec; verdictFile: string }
}

export interface VmDaemon {
  argv: readonly string[]
  socket: string
  /** Where the VM has the folder that it serves. Absent in what an earlier version wrote. */
  target?: string
}

/** A share of the running VM: where it is, and whether the process that serves it lives. */
export interface ShareState {
  target: string
  /** False for good: QEMU does not reach another server. What uses the share in the VM waits. */
  served: boolean
}

/** Derived from QMP and the process table at the time of asking, never stored. */
export type VmStatus =
  | { state: 'absent' }
  | {
      /**
       * `mute`: QEMU runs and does not answer; it is asked again every few seconds. `stalled`: the host's disk is full;
       * the guest waits, and continues by itself when there is room. `panicked`: the guest kernel panicked, and the guest has
       * not come up since.
       */
      state: 'starting' | 'running' | 'paused' | 'stopping' | 'mute' | 'stalled' | 'panicked'
      pid: number
      startedAt: string
      accelerator: Accelerator
      hashes: VmSpec['hashes']
      linkUp: boolean
      agentUp: boolean
      /** In the order of desktop.yaml; absent without any, and for a VM that an earlier version started. */
      shares?: readonly ShareState[]
    }
  | {
      /** Suspended; no QEMU runs. Read from the state directory, never reported by the supervisor. */
      state: 'suspended'
      since: string
      accelerator: Accelerator
      hashes: VmSpec['hashes']
      /** Of the saved state. */
      bytes: number
      /** Names of the containers that run in it. */
      running: readonly string[]
    }
  | { state: 'exited'; code: number | null; signal: string | null; lastOutput: string }
