/** Observed state as plain values, read in one pass. Planning distinguishes present, absent and unknown. */
import type { NetworkSettings, PortMapping } from '../config/desired.ts'
import type { ContainerNetwork, EngineInfo } from '../engine/engine-info.ts'
import type { HostRoute } from '../host/routes.ts'
import type { Observation } from '../observation.ts'
import type { SupervisorFacts } from '../supervisor/api/api.ts'
import type { AcceleratorAnswer } from '../vm/probe/native.ts'
import type { VmStatus } from '../vm/spec.ts'
import type { SavedGuest } from '../vm/suspend/saved.ts'
import type { GuestNetwork } from './guest-network.ts'

/** A listening socket on the host. */
export interface HostListener {
  protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` match every address. */
  address: string
  port: number
}

/** State of a socket's path; `free`: nothing exists there, and it can be created. */
export type SocketPlace = 'free' | 'socket' | 'file' | 'directory' | 'no-folder' | 'unwritable'

export interface HostLimits {
  /** Lowest port that this user may listen on. */
  lowestPort: number
  /** Addresses of the host's interfaces. */
  addresses: readonly string[]
  /** Memory of the host, or limit of the control group. */
  memoryBytes: number
  /** Keyed by path. */
  socketPlaces: Readonly<Record<string, SocketPlace>>
}

export interface ObservedHost {
  /** Kernel boot id: after a reboot, all recorded pids are invalid. */
  bootId: string
  /** Host packages that must be installed before a VM can start, by name. */
  missingPackages: readonly string[]
  /**
   * Accelerator that a VM would use here, and why it is not a faster one; unknown until QEMU and the guest image are
   * available.
   */
  accelerator: Observation<AcceleratorAnswer>
  /** Reason why the state directory is not writable; absent if it is writable. */
  stateProblem?: string
  /** Free space on the data disk's file system. */
  freeBytes: number | undefined
  listeners: Observation<readonly HostListener[]>
  /** Networks that the host reaches through a dedicated interface. */
  routes: readonly HostRoute[]
  limits: HostLimits
  /** File type at the source of each share. */
  shares: Readonly<Record<string, 'directory' | 'file' | 'nothing' | 'unreadable'>>
}

export interface ObservedDisk {
  virtualBytes: number
  /** UUID of its file system, which identifies the disk; absent until the guest has formatted it. */
  uuid?: string
  /** Allocated size of the file on the host. */
  allocatedBytes: number
}

/** The running QEMU: the supervisor's status, and its actual command line from the process table. */
export interface ObservedVm {
  vm: VmStatus
  /** Command line of QEMU; for a suspended VM, the recorded one. */
  argv: Observation<readonly string[]>
  /** Recorded hardware of a suspended VM; unknown if the record is unreadable. */
  saved?: Observation<{ network: NetworkSettings; guest: SavedGuest }>
}

/** The guest's daemon.json, and the kernel parameters in desktop.yaml. */
export interface ObservedGuest extends SavedGuest {
  /** Other rendered files, by path; unset for a suspended VM. */
  files?: Readonly<Record<string, Observation<string>>>
  /** Certificates that dockerd loaded at its start; unset for a suspended VM. */
  trusted?: Observation<string>
  /** Unset for a suspended VM. */
  network?: GuestNetwork
  /** Guest clock minus host clock; unset for a suspended VM. */
  clockOffsetMs?: Observation<number>
  /** Mount points of shares in the VM; unset for a suspended VM. */
  shares?: Observation<readonly string[]>
}

export type ObservedEngine = Omit<Extract<EngineInfo, { state: 'up' }>, 'networks'>

export interface Observed {
  host: ObservedHost
  supervisor: Observation<SupervisorFacts>
  /** Listeners that a new supervisor would open, from the last one's record; empty while one is running. */
  recordedPorts: readonly PortMapping[]
  vm: Observation<ObservedVm>
  /** Digest of the cached image for this configuration; absent = must be built. */
  image: Observation<string>
  disk: Observation<ObservedDisk>
  guest: Observation<ObservedGuest>
  engine: Observation<ObservedEngine>
  containerNetworks: Observation<readonly ContainerNetwork[]>
  /** Last daemon.json that the engine loaded successfully; recorded on the host, since no API reports it. */
  confirmedDaemonJson: Observation<string>
  /** Endpoint of this environment's `docker context`. */
  context: Observation<string>
}
