/**
 * The control API between the CLI and the supervisor: HTTP/JSON on a 0600 unix socket. The supervisor is
 * told small idempotent things and reports facts; it never reads desktop.yaml.
 */
import type {
  Accelerator,
  DnsSettings,
  EgressSettings,
  JsonValue,
  NetworkSettings,
  PortMapping,
} from '../config/desired.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { FlowView } from '../net/flows.ts'
import type { PortState } from '../net/ports/port-state.ts'
import type { Reading } from '../reading.ts'
import type { SavedState } from '../vm/suspend/qemu.ts'

export type { PortState }

/** Raised when a request or reply changes shape; a CLI replaces a supervisor of another version. */
export const apiVersion = 9

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
  sockets: { link: string; qmp: string; agent: string; console: string }
  consoleLog: string
  /** Started before QEMU, which connects to their sockets; they end when it does. */
  daemons?: readonly VmDaemon[]
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
export type VmState =
  | { state: 'absent' }
  | {
      /**
       * `mute`: QEMU runs and does not answer; it is asked again every few seconds. `stalled`: the host's disk is full;
       * the guest waits, and goes on by itself when there is room.
       */
      state: 'starting' | 'running' | 'paused' | 'stopping' | 'mute' | 'stalled'
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
      /** Saved, and no QEMU runs. The supervisor itself never says so: this is read from the state directory. */
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

/** A network that the engine made for containers. */
export interface ContainerNetwork {
  name: string
  /** CIDR. */
  subnets: readonly string[]
}

export type EngineState =
  | { state: 'down'; reason: string }
  | {
      state: 'up'
      apiVersion: string
      version: string
      /** `GET /info`, the keys that daemon.json decides. */
      info: Readonly<Record<string, JsonValue>>
      /** Names of running containers, sorted. */
      running: readonly string[]
      networks: readonly ContainerNetwork[]
    }

export interface SupervisorFacts {
  apiVersion: number
  toolVersion: string
  pid: number
  startedAt: string
  bootId: string
  rssBytes: number
  vm: VmState
  network: NetworkSettings | undefined
  dns: DnsSettings | undefined
  /** As the forwarder enforces it; undefined without one. */
  egress: EgressSettings | undefined
  ports: readonly PortState[]
  publish: { containers: boolean; bind: string } | undefined
  engineSocket: string | undefined
  engine: EngineState
}

/** What a suspended guest has of desktop.yaml, since it cannot be asked. */
export interface SavedGuest {
  daemonJson: Reading<string>
  sysctl: Readonly<Record<string, Reading<string>>>
  /** Bytes; 0 = none. Absent in what an earlier version saved. */
  swapBytes?: Reading<number>
}

export type ResumeResult = { resumed: true } | { resumed: false; reason: string }

export interface SuspendResult {
  /** Of the saved state. */
  bytes: number
  milliseconds: number
}

export interface ExecOptions {
  stdin?: string
  timeoutMs?: number
}

export interface ExecResult {
  /** 128 + n when signal n ended it. */
  exitCode: number
  stdout: string
  stderr: string
}

/** The client side of the API; `connectSupervisor()` in supervisor/client.ts gives one. */
export interface Control extends AsyncDisposable {
  facts(): Promise<SupervisorFacts>
  setNetwork(network: NetworkSettings): Promise<void>
  setDns(dns: DnsSettings): Promise<void>
  setEgress(egress: EgressSettings): Promise<void>
  /** Replaces the table of `config` mappings; resolves with the state of each. Live, one batch. */
  setPorts(ports: readonly PortMapping[]): Promise<readonly PortState[]>
  setPublish(publish: { containers: boolean; bind: string }): Promise<void>
  /** Where the host's docker.sock listens. */
  setEngineSocket(path: string): Promise<void>
  startVm(spec: VmSpec): Promise<void>
  /** Goes on where the VM was suspended. When that cannot be it gives the reason, and `startVm` boots. */
  resumeVm(spec: VmSpec): Promise<ResumeResult>
  /** Boots a VM that is nobody's yet, saves its state in the file `state`, and ends it (vm/golden/). */
  parkVm(spec: VmSpec, options: { state: string }): Promise<SavedState>
  /** Goes on from such a state with the metadata disk of `spec`. When that cannot be it gives the reason. */
  unparkVm(spec: VmSpec, options: SavedState & { file: string }): Promise<ResumeResult>
  /** Saves the VM and ends QEMU; the VM goes on when that fails. `guest` is handed back as long as it is suspended. */
  suspendVm(options: { guest: SavedGuest }): Promise<SuspendResult>
  /** ACPI or agent shutdown, then after the deadline QMP quit, then kill. */
  stopVm(options: { deadlineMs: number }): Promise<void>
  /** Enlarges the data disk under the running VM (QMP block_resize of drive `data`); throws when none runs. */
  resizeDisk(bytes: number): Promise<void>
  /** The connections of this moment. */
  flows(): Promise<readonly FlowView[]>
  /** What each rule of egress has decided. */
  egressRules(): Promise<readonly EgressRuleView[]>
  /** Runs a program in the VM's root namespaces through the guest agent. */
  guestExec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>
  guestReadFile(path: string): Promise<string>
  /** Many at once, in their order: absent, or unknown with what the guest says. */
  guestReadFiles(paths: readonly string[]): Promise<Reading<string>[]>
  guestWriteFile(path: string, content: string, mode?: number): Promise<void>
  /** Resolves when `GET /_ping` answers, or rejects after the deadline with what is known. */
  waitEngine(options: { deadlineMs: number }): Promise<void>
  /** Ends the supervisor; `keep` leaves QEMU running for the next supervisor to adopt. */
  shutdown(options: { vm: 'stop' | 'keep' }): Promise<void>
}

/** `POST /v1/NAME`, arguments as a JSON array, the result as JSON: the interface above, called from afar. */
export type Call = Exclude<keyof Control, typeof Symbol.asyncDispose>
export const calls: readonly Call[] = [
  'facts',
  'setNetwork',
  'setDns',
  'setEgress',
  'setPorts',
  'setPublish',
  'setEngineSocket',
  'startVm',
  'resumeVm',
  'parkVm',
  'unparkVm',
  'suspendVm',
  'stopVm',
  'resizeDisk',
  'flows',
  'egressRules',
  'guestExec',
  'guestReadFile',
  'guestReadFiles',
  'guestWriteFile',
  'waitEngine',
  'shutdown',
]

/** What a failed call answers with, status 500 (or 400 when the request itself is wrong). */
export interface Failure {
  code: string
  message: string
  hint?: string
}
