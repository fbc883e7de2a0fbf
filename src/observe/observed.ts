/** Reality as plain values, read in one go. Planning treats the three answers of `Reading` differently. */
import type { NetworkSettings, PortMapping } from '../config/desired.ts'
import type { ContainerNetwork, EngineInfo } from '../engine/engine-info.ts'
import type { HostRoute } from '../host/routes.ts'
import type { Observation } from '../observation.ts'
import type { SupervisorFacts } from '../supervisor/api/api.ts'
import type { AcceleratorAnswer } from '../vm/probe/native.ts'
import type { VmStatus } from '../vm/spec.ts'
import type { SavedGuest } from '../vm/suspend/saved.ts'
import type { GuestNetwork } from './guest-network.ts'

/** A socket that some process of the host listens on. */
export interface HostListener {
  protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` stand for every address. */
  address: string
  port: number
}

/** The state of a socket's path; `free`: nothing is there, and it can be created. */
export type SocketPlace = 'free' | 'socket' | 'file' | 'directory' | 'no-folder' | 'unwritable'

export interface HostLimits {
  /** The first port that this user may listen on. */
  lowestPort: number
  /** Addresses of the host's interfaces. */
  addresses: readonly string[]
  /** Memory of the host, or limit of the control group. */
  memoryBytes: number
  /** Keyed by path. */
  socketPlaces: Readonly<Record<string, SocketPlace>>
}

export interface ObservedHost {
  /** Kernel boot id: another one means that every recorded pid is void. */
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
  /** Free space where the data disk is. */
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
  /** UUID of the file system on it, which identifies this disk; absent until the guest made one. */
  uuid?: string
  /** Allocated size of the file on the host. */
  allocatedBytes: number
}

/** The running QEMU: the supervisor's status, and its actual command line from the process table. */
export interface ObservedVm {
  vm: VmStatus
  /** Command line of QEMU; for a suspended VM, the recorded one. */
  argv: Observation<readonly string[]>
  /** The recorded hardware of a suspended VM; unknown when the record is unreadable. */
  saved?: Observation<{ network: NetworkSettings; guest: SavedGuest }>
}

/** Text of the daemon.json in the guest, and the kernel parameters that desktop.yaml names. */
export interface ObservedGuest extends SavedGuest {
  /** Text of the other files that are rendered for this environment, by path; none of a VM that is suspended. */
  files?: Readonly<Record<string, Observation<string>>>
  /** The certificates that dockerd trusts, as it read them when it started; none of a VM that is suspended. */
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
  /** Listeners that a new supervisor would open, from the record of the last one; empty while one runs. */
  recordedPorts: readonly PortMapping[]
  vm: Observation<ObservedVm>
  /** Digest of the image in the cache that this configuration resolves to; absent = must be built. */
  image: Observation<string>
  disk: Observation<ObservedDisk>
  guest: Observation<ObservedGuest>
  engine: Observation<ObservedEngine>
  containerNetworks: Observation<readonly ContainerNetwork[]>
  /** The daemon.json that the engine is known to have taken last; kept on the host, since no API shows it. */
  confirmedDaemonJson: Observation<string>
  /** The `docker context` of this environment: the endpoint it names. */
  context: Observation<string>
}
