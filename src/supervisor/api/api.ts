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
import type { VmSpec, VmStatus } from '../../vm/spec.ts'
import type { SavedState } from '../../vm/suspend/qemu.ts'
import type { SavedGuest } from '../../vm/suspend/saved.ts'

/** Raised when a request or reply changes shape; a CLI replaces a supervisor of another version. */
export const apiVersion = 15

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
  /** As the forwarder enforces it; undefined without one. */
  egress: EgressSettings | undefined
  ports: readonly PortStatus[]
  publish: { containers: boolean; bind: string } | undefined
  /** Names of containers on the host; undefined: none. */
  names?: NamesView
  /** The SSH agent of the host that the VM reaches; undefined: none. */
  sshAgent?: SshAgentState | undefined
  /** Other machines of the switch; absent: none. */
  peers?: readonly PeerPlace[]
  /** How many of them are joined now. */
  linkedPeers?: number
  engineSocket: string | undefined
  engine: EngineInfo
}

export type ResumeResult = { resumed: true } | { resumed: false; reason: string }

export interface SuspendResult {
  /** Of the saved state. */
  bytes: number
  milliseconds: number
}

export interface FlowOptions {
  /** Leaves out connections that were idle for longer; most of ten thousand are. */
  heardWithinMs?: number
}

/** The client side of the API; `connectSupervisor()` in supervisor/api/client.ts gives one. */
export interface Control extends GuestAccess, AsyncDisposable {
  facts(): Promise<SupervisorFacts>
  setNetwork(network: NetworkSettings): Promise<void>
  setDns(dns: DnsSettings): Promise<void>
  setEgress(egress: EgressSettings): Promise<void>
  /** Replaces the table of `config` mappings; resolves with the state of each. Live, one batch. */
  setPorts(ports: readonly PortMapping[]): Promise<readonly PortStatus[]>
  setPublish(publish: { containers: boolean; bind: string }): Promise<void>
  /** Names of containers on the host. Live; what cannot be opened is in `facts().names.failed`. */
  setNames(names: NameSettings): Promise<void>
  /** The socket of the SSH agent that the VM reaches, without a path none. Live; connections to another one end. */
  setSshAgent(options: { path?: string }): Promise<void>
  /** Joins the switch to those of other machines, and leaves all others. Live. */
  setPeers(peers: readonly PeerPlace[]): Promise<void>
  /** Where the host's docker.sock listens. */
  setEngineSocket(path: string): Promise<void>
  startVm(spec: VmSpec): Promise<void>
  /** Resumes where the VM was suspended. When that cannot be it gives the reason, and `startVm` boots. */
  resumeVm(spec: VmSpec): Promise<ResumeResult>
  /** Boots a VM that is nobody's yet, saves its state in the file `state`, and ends it (vm/golden/). */
  parkVm(spec: VmSpec, options: { state: string }): Promise<SavedState>
  /** Resumes from such a state with the metadata disk of `spec`. When that cannot be it gives the reason. */
  unparkVm(spec: VmSpec, options: SavedState & { file: string }): Promise<ResumeResult>
  /** Saves the VM and ends QEMU; the VM continues when that fails. `guest` is handed back as long as it is suspended. */
  suspendVm(options: { guest: SavedGuest }): Promise<SuspendResult>
  /** ACPI or agent shutdown, then after the deadline QMP quit, then kill. */
  stopVm(options: { deadlineMs: number }): Promise<void>
  /** Enlarges the data disk under the running VM (QMP block_resize of drive `data`); throws when none runs. */
  resizeDisk(bytes: number): Promise<void>
  /** The connections of this moment. */
  flows(options?: FlowOptions): Promise<readonly FlowView[]>
  /** What each rule of egress has decided. */
  egressRules(): Promise<readonly EgressRuleView[]>
  /** What they refused: the latest destinations and names. */
  egressDenials(): Promise<EgressDenials>
  /** Destinations that no rule covers; recorded while a client reads them. */
  egressSends(): Promise<EgressSends>
  /** The latest DNS queries; logged while someone asks for them. */
  dnsQueries(): Promise<readonly QueryView[]>
  /** What the forwarder counts. */
  metrics(): Promise<readonly Metric[]>
  /** Milliseconds since 1970 by the guest's clock. */
  guestTime(): Promise<number>
  /** Sets the guest's clock to the host's. */
  setGuestTime(): Promise<void>
  guestReadFile(path: string): Promise<string>
  /** Resolves when `GET /_ping` answers, or rejects after the deadline with what is known. */
  waitEngine(options: { deadlineMs: number }): Promise<void>
  /** Ends the supervisor; `keep` leaves QEMU running for the next supervisor to adopt. */
  shutdown(options: { vm: 'stop' | 'keep' }): Promise<void>
}

/** `POST /v1/NAME`, arguments as a JSON array, the result as JSON: the interface above, called from afar. */
export type Call = Exclude<keyof Control, typeof Symbol.asyncDispose>
/** The supervisor's side of it. */
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

/** What a failed call answers with, status 500 (or 400 when the request itself is wrong). */
export interface Failure {
  code: string
  message: string
  hint?: string
}
