/**
 * The interface of a hypervisor: machines that it starts, adopts, saves and resumes. vm/qemu/driver.ts implements it, and
 * what drives a machine knows nothing else of QEMU.
 */
import type { Socket } from 'node:net'
import type { NetworkSettings } from '../config/desired.ts'
import type { ProcessIdentity } from '../host/identity.ts'
import type { GuestAgent } from './agent/agent.ts'
import type { Console } from './console.ts'
import type { MachineRecord } from './machine-record.ts'
import type { VmSpec } from './spec.ts'
import type { SavedFiles, SavedMachine, SavedState, StateFiles } from './suspend/saved.ts'
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

/** A running machine and the connections to it. Disposal closes the connections and leaves it running. */
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
  /** How it ended; undefined while it runs. */
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
  /** After `stalled`, once the host's disk has space. Throws where the guest cannot continue. */
  unstall(): Promise<void>
  /** Whether the supervisor that suspended it died meanwhile. */
  isHalfSuspended(): Promise<boolean>
  /** The guest runs again after half a suspension. */
  abortSuspension(): Promise<void>
  /** Size of the data disk; 0 where that is unknown. */
  dataDiskBytes(): Promise<number>
  resizeDataDisk(bytes: number): Promise<void>
  /** Saves it and ends its process. Throws `vm/suspend-failed`, and the guest continues. */
  suspend(options: SaveOptions): Promise<SavedMachine>
  /** Graceful shutdown; at the deadline QMP quit, then SIGKILL. Throws `vm/stop-failed`. */
  stop(deadlineMs: number): Promise<void>
  /** Ends its process at once. */
  quit(): Promise<void>
}

export interface VmDriver {
  start(spec: VmSpec, options: MachineOptions): Promise<Machine>
  /** Connects to a machine that runs already; undefined when it is gone. Throws when it does not answer. */
  adopt(record: MachineRecord, options: MachineOptions): Promise<Machine | undefined>
  /** Resumes a suspended machine. Throws with the reason, before the guest ran, when that cannot be. */
  resume(
    spec: VmSpec,
    network: NetworkSettings | undefined,
    options: MachineOptions & { saved: SavedFiles; dataDisk: string },
  ): Promise<Machine>
  /** Boots up to where the guest would learn its identity, saves that, and ends it. */
  park(spec: VmSpec, files: StateFiles, options: MachineOptions): Promise<SavedState>
  /** Resumes a copy of a parked machine as the one that its metadata disk describes. */
  unpark(spec: VmSpec, saved: SavedState, files: StateFiles, options: MachineOptions): Promise<Machine>
  /** Ends machines of this environment that no record names; returns their number. */
  endOrphans(qmpSocket: string): Promise<number>
}
