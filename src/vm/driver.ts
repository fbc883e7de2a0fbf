/**
 * The hypervisor interface: starts, adopts, saves and resumes machines. vm/qemu/driver.ts implements it; its callers
 * are independent of QEMU.
 */
import type { Socket } from 'node:net'
import type { NetworkSettings } from '../config/desired.ts'
import type { ProcessIdentity } from '../host/identity.ts'
import type { GuestAgent } from './agent/agent.ts'
import type { Console } from './console.ts'
import type { MachineRecord } from './machine-record.ts'
import type { VmSpec } from './spec.ts'
import type {
  MemorySum,
  SavedFiles,
  SavedMachine,
  SavedState,
  SharedMemory,
  StateFiles,
} from './suspend/saved.ts'
import type { SaveOptions } from './suspend/suspend.ts'

export interface MachineExit {
  code: number | null
  signal: string | null
  lastOutput: string
}

export interface MachineOptions {
  /** Called for each new connection to the VM's network card. */
  onLink: (socket: Socket) => void
  /** Like `onLink`, for the network card that carries docker.sock and terminals. */
  onChannel: (socket: Socket) => void
  /** Called when the guest's state is lost while QEMU keeps running: a kernel panic or a reboot. */
  onReset: () => void
  qemuLog: string
  /** Deadline for the guest agent under an accelerator. */
  agentMs?: number
}

/** A running machine and its connections. Disposal closes the connections and leaves it running. */
export interface Machine extends AsyncDisposable {
  readonly spec: VmSpec
  readonly identity: ProcessIdentity
  readonly startedAt: string
  readonly daemons: readonly ProcessIdentity[] | undefined
  readonly agent: GuestAgent
  readonly console: Console
  /** Whether the agent's port is open in the guest, i.e. init has started its services. */
  readonly agentUp: boolean
  readonly linkUp: boolean
  /** Exit status; undefined while running. */
  readonly exited: MachineExit | undefined
  readonly stopping: boolean
  /** The host's disk was full when the guest wrote to its own: the guest is paused. */
  readonly stalled: boolean
  onStalled: () => void
  /** Message of a guest kernel panic; cleared when the guest boots again. */
  readonly panic: string | undefined
  readonly ended: Promise<MachineExit>
  /** Resolves with the reason if the accelerator fails to run this machine; never under emulation. */
  readonly failure: Promise<string>
  runState(): Promise<'running' | 'paused' | 'stalled'>
  /** Resumes after `stalled`, once the host's disk has space. Throws if the guest cannot continue. */
  unstall(): Promise<void>
  /** Whether the supervisor died while suspending it. */
  isHalfSuspended(): Promise<boolean>
  /** Resumes the guest after an incomplete suspension. */
  abortSuspension(): Promise<void>
  /** Size of the data disk; 0 if unknown. */
  dataDiskBytes(): Promise<number>
  resizeDataDisk(bytes: number): Promise<void>
  /** Saves it and ends its process. On failure, throws `vm/suspend-failed` and the guest continues. */
  suspend(options: SaveOptions): Promise<SavedMachine>
  /** Graceful shutdown; at the deadline QMP quit, then SIGKILL. Throws `vm/stop-failed`. */
  stop(deadlineMs: number): Promise<void>
  /** Ends its process immediately. */
  quit(): Promise<void>
}

/** With a file for its memory, other machines can share that memory; the file's size is the guest's memory. */
export interface ParkFiles extends StateFiles {
  memory?: { file: string; bytes: number } | undefined
}

export interface ParkedState extends SavedState {
  memory?: MemorySum
}

export interface UnparkFiles extends StateFiles {
  /** Absent: the state contains the memory. */
  memory?: SharedMemory | undefined
}

export interface VmDriver {
  start(spec: VmSpec, options: MachineOptions): Promise<Machine>
  /** Connects to a running machine; undefined if it has exited. Throws if it does not respond. */
  adopt(record: MachineRecord, options: MachineOptions): Promise<Machine | undefined>
  /** Resumes a suspended machine. If that is not possible, throws with the reason before the guest runs. */
  resume(
    spec: VmSpec,
    network: NetworkSettings | undefined,
    options: MachineOptions & { saved: SavedFiles; dataDisk: string },
  ): Promise<Machine>
  /** Boots up to the point where the guest would read its identity, saves that state, and ends the machine. */
  park(spec: VmSpec, files: ParkFiles, options: MachineOptions): Promise<ParkedState>
  /** Resumes a copy of a parked machine with the identity on its metadata disk. */
  unpark(spec: VmSpec, saved: SavedState, files: UnparkFiles, options: MachineOptions): Promise<Machine>
  /** Ends machines of this environment without a record; returns their number. */
  endOrphans(qmpSocket: string): Promise<number>
}
