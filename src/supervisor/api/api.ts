/**
 * The control API between the CLI and the supervisor: HTTP/JSON on a 0600 unix socket. The supervisor receives small
 * idempotent requests and reports facts; it never reads desktop.yaml.
 */
import type {
  DnsSettings,
  EgressSettings,
  NameSettings,
  NetworkSettings,
  PeerPlace,
  PortMapping,
} from '../../config/desired.ts'
import type { EngineInfo } from '../../engine/engine-info.ts'
import type { SshAgentState } from '../../host/ssh-agent.ts'
import type { NamesView } from '../../names/host-names.ts'
import type { Metric } from '../../net/core/metric.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { EgressRuleView } from '../../net/egress/egress.ts'
import type { EgressSends } from '../../net/egress/sends.ts'
import type { FlowView } from '../../net/flows.ts'
import type { EgressDenials } from '../../net/forwarder.ts'
import type { QueryView } from '../../net/services/dns/query-log.ts'
import type { GuestAccess } from '../../vm/agent/guest-access.ts'
import type { ParkedState, ParkFiles } from '../../vm/driver.ts'
import type { VmSpec, VmStatus } from '../../vm/spec.ts'
import type { SavedGuest, SavedState, SharedMemory } from '../../vm/suspend/saved.ts'

/** Increment when a request or reply changes shape; a CLI replaces a supervisor of another version. */
export const apiVersion = 16

export interface SupervisorFacts {
  apiVersion: number
  toolVersion: string
  pid: number
  startedAt: string
  bootId: string
  rssBytes: number
  vm: VmStatus
  network: NetworkSettings | undefined
  dns: DnsSettings | undefined
  /** The policy that the forwarder enforces; undefined without a forwarder. */
  egress: EgressSettings | undefined
  ports: readonly PortStatus[]
  publish: { containers: boolean; bind: string } | undefined
  /** Container names served on the host; undefined if none are. */
  names?: NamesView
  /** The host's SSH agent that the VM can reach; undefined if none is configured. */
  sshAgent?: SshAgentState | undefined
  /** Other machines of the switch; absent if there are none. */
  peers?: readonly PeerPlace[]
  /** Number of connected peers. */
  linkedPeers?: number
  engineSocket: string | undefined
  engine: EngineInfo
}

/** `unusable`: the saved state is damaged or of another version, so that no VM can resume from it. */
export type ResumeResult = { resumed: true } | { resumed: false; reason: string; unusable: boolean }

export interface SuspendResult {
  /** Size of the saved state. */
  bytes: number
  milliseconds: number
}

export interface FlowOptions {
  /** Omits connections that have been idle for longer, as most of ten thousand are. */
  heardWithinMs?: number
}

export interface FactOptions {
  /**
   * Takes the engine's previous answer when containers have changed since: a slow guest answers in a second or more, and a
   * live view asks again soon.
   */
  engine?: 'recent'
}

/** The client side of the API; `connectSupervisor()` in supervisor/api/client.ts returns one. */
export interface Control extends GuestAccess, AsyncDisposable {
  facts(options?: FactOptions): Promise<SupervisorFacts>
  setNetwork(network: NetworkSettings): Promise<void>
  setDns(dns: DnsSettings): Promise<void>
  setEgress(egress: EgressSettings): Promise<void>
  /** Replaces all `config` mappings in one batch, live; resolves with the state of each. */
  setPorts(ports: readonly PortMapping[]): Promise<readonly PortStatus[]>
  setPublish(publish: { containers: boolean; bind: string }): Promise<void>
  /**
   * Sets the container names served on the host, live. Names that cannot be served are in
   * `facts().names.failed`.
   */
  setNames(names: NameSettings): Promise<void>
  /**
   * Sets the SSH agent socket that the VM reaches, live; without a path, none. Connections to the previous
   * socket end.
   */
  setSshAgent(options: { path?: string }): Promise<void>
  /** Connects the switch to those of these machines and disconnects all others. Live. */
  setPeers(peers: readonly PeerPlace[]): Promise<void>
  /** Sets the path of docker.sock on the host. */
  setEngineSocket(path: string): Promise<void>
  startVm(spec: VmSpec): Promise<void>
  /** Resumes a suspended VM. If that fails, returns the reason; the caller then uses `startVm`. */
  resumeVm(spec: VmSpec): Promise<ResumeResult>
  /** Boots a VM without an identity, saves it in the files `state` and `memory` and ends it (vm/golden/). */
  parkVm(spec: VmSpec, options: Omit<ParkFiles, 'socket'>): Promise<ParkedState>
  /** Resumes from that state with the metadata disk of `spec`. If that fails, returns the reason. */
  unparkVm(
    spec: VmSpec,
    options: SavedState & { file: string; memory?: SharedMemory | undefined },
  ): Promise<ResumeResult>
  /**
   * Saves the VM and ends QEMU; on failure, the VM continues. `guest` is reported while the VM is suspended.
   */
  suspendVm(options: { guest: SavedGuest }): Promise<SuspendResult>
  /** Shuts down through ACPI or the agent; at the deadline QMP quit, then SIGKILL. */
  stopVm(options: { deadlineMs: number }): Promise<void>
  /**
   * Enlarges the data disk of the running VM (QMP block_resize of drive `data`); throws if no VM is running.
   */
  resizeDisk(bytes: number): Promise<void>
  /** Current connections. */
  flows(options?: FlowOptions): Promise<readonly FlowView[]>
  /** Hit counters of each egress rule. */
  egressRules(): Promise<readonly EgressRuleView[]>
  /** The latest destinations and names denied by the egress rules. */
  egressDenials(): Promise<EgressDenials>
  /** Destinations that no rule covers; recorded only while a client reads them. */
  egressSends(): Promise<EgressSends>
  /** The latest DNS queries; recorded only while a client reads them. */
  dnsQueries(): Promise<readonly QueryView[]>
  /** The forwarder's metrics. */
  metrics(): Promise<readonly Metric[]>
  /** Guest clock in milliseconds since 1970. */
  guestTime(): Promise<number>
  /** Sets the guest clock to the host's. */
  setGuestTime(): Promise<void>
  guestReadFile(path: string): Promise<string>
  /** Resolves when `GET /_ping` succeeds; at the deadline, rejects with the diagnosis. */
  waitEngine(options: { deadlineMs: number }): Promise<void>
  /** Ends the supervisor; `keep` leaves QEMU running for the next supervisor to adopt. */
  shutdown(options: { vm: 'stop' | 'keep' }): Promise<void>
}

/** A call is `POST /v1/NAME` with its arguments as a JSON array and its result as JSON. */
export type Call = Exclude<keyof Control, typeof Symbol.asyncDispose>
/** The supervisor's implementation of the calls. */
export type Calls = Pick<Control, Call>
export const calls: readonly Call[] = [
  'facts',
  'setNetwork',
  'setDns',
  'setEgress',
  'setPorts',
  'setPublish',
  'setNames',
  'setSshAgent',
  'setPeers',
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
  'egressDenials',
  'egressSends',
  'dnsQueries',
  'metrics',
  'guestExec',
  'guestTime',
  'setGuestTime',
  'guestReadFile',
  'guestReadFiles',
  'guestWriteFile',
  'waitEngine',
  'shutdown',
]

/** Response body of a failed call, with status 500, or 400 if the request itself is invalid. */
export interface Failure {
  code: string
  message: string
  hint?: string
}
