/** The current state of the environment as a document. */
import type { InsideSpace } from '../../apply/environment/disk-space.ts'
import type { Environment } from '../../apply/environment/environment.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { SshAgentState } from '../../host/ssh-agent.ts'
import type { NamesView } from '../../names/host-names.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import { type Observation, observedValue } from '../../observation.ts'
import type { GuestMemory } from '../../observe/guest-memory.ts'
import type { Observed } from '../../observe/observed.ts'
import type { ServiceState } from '../../observe/services.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { ShareState, VmStatus } from '../../vm/spec.ts'

/** Overall state; `degraded`: the VM is running, but a part of it is not working. */
export type EnvironmentState =
  | 'absent'
  | 'stopped'
  | 'suspended'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'unknown'

export interface StatusDocument {
  format: 'desktop-status/1'
  environment: string
  environmentId: string | null
  state: EnvironmentState
  files: readonly string[]
  /** Host of `hosts` with the machine; absent for this host. */
  host?: string
  /** On this host, also for a machine on another one. */
  dockerHost: string
  /** On the machine's host; absent if that host does not answer. */
  paths?: EnvironmentPaths
  supervisor: Observation<{ pid: number; version: string; startedAt: string; rssBytes: number }>
  vm: VmStatus | { state: 'unknown'; reason: string }
  /** Why this accelerator is in use. */
  accelerator: Observed['host']['accelerator']
  engine: Observation<{
    version: string
    running: readonly string[]
    onHostNetwork?: readonly string[]
    sctpPorts?: readonly number[]
  }>
  /** Services of the VM; absent if it is not running. */
  services: Observation<readonly ServiceState[]>
  disk: Observed['disk']
  /** Memory as the VM sees it; absent if the VM is not running. */
  memory: Observation<GuestMemory>
  /** Resident memory of QEMU on this host; absent if it is not known. */
  qemuRssBytes?: number
  /** The data disk's file system; absent if the VM is not running. */
  inside: Observation<InsideSpace>
  image: Observed['image']
  context: Observed['context']
  ports: readonly PortStatus[]
  /** Container names on the host; absent if the file declares no port for them. */
  names?: NamesView
  /** The SSH agent that the VM reaches; absent for none. */
  sshAgent?: SshAgentState
  /** Differences from the file, as in `desktop drift`; absent before the first apply. */
  drift?: readonly string[]
}

/** State available only while the VM is running. */
export type InsideStatus = Pick<StatusDocument, 'inside' | 'memory' | 'qemuRssBytes' | 'services'>

export function statusDocument(
  environment: Environment,
  observed: Observed,
  { inside, memory, qemuRssBytes, services }: InsideStatus,
  drift?: readonly string[],
): StatusDocument {
  const { supervisor, vm, engine } = observed
  const { names, sshAgent } = observedValue(supervisor) ?? {}
  const isFaulty = crashing(services).length > 0 || unserved(observedValue(vm)?.vm).length > 0
  return {
    format: 'desktop-status/1',
    environment: environment.desired.name,
    environmentId: environment.record?.id ?? null,
    state: isFaulty ? 'degraded' : stateOf(environment, observed),
    files: environment.files,
    dockerHost: dockerHost(environment.dockerSocket),
    paths: environment.paths,
    supervisor: map(supervisor, ({ pid, toolVersion, startedAt, rssBytes }) => ({
      pid,
      version: toolVersion,
      startedAt,
      rssBytes,
    })),
    vm: vm.state === 'present' ? vm.value.vm : vm,
    accelerator: observed.host.accelerator,
    engine: map(engine, ({ version, running, onHostNetwork, sctpPorts }) => ({
      version,
      running,
      ...(onHostNetwork === undefined ? {} : { onHostNetwork }),
      ...(sctpPorts === undefined ? {} : { sctpPorts }),
    })),
    services,
    memory,
    ...(qemuRssBytes === undefined ? {} : { qemuRssBytes }),
    disk: observed.disk,
    inside,
    image: observed.image,
    context: observed.context,
    ports: observedValue(supervisor)?.ports ?? [],
    ...(names === undefined ? {} : { names }),
    ...(sshAgent === undefined ? {} : { sshAgent }),
    ...(drift === undefined ? {} : { drift }),
  }
}

/** Services in a crash loop. */
export const crashing = (services: StatusDocument['services']): ServiceState[] =>
  (observedValue(services) ?? []).filter(({ crashLoop }) => crashLoop)

export const sharesOf = (vm: StatusDocument['vm'] | undefined): readonly ShareState[] =>
  vm !== undefined && 'shares' in vm ? (vm.shares ?? []) : []

/** Shares whose virtiofsd has exited. */
export const unserved = (vm: StatusDocument['vm'] | undefined): ShareState[] =>
  sharesOf(vm).filter(({ served }) => !served)

function map<T, U>(reading: Observation<T>, change: (value: T) => U): Observation<U> {
  return reading.state === 'present' ? { state: 'present', value: change(reading.value) } : reading
}

function stateOf({ record }: Environment, { vm, engine }: Observed): EnvironmentState {
  if (vm.state === 'unknown') return 'unknown'
  const state = observedValue(vm)?.vm.state ?? 'absent'
  switch (state) {
    case 'absent':
    case 'exited':
      return record === undefined ? 'absent' : 'stopped'
    case 'suspended':
      return 'suspended'
    case 'starting':
      return 'starting'
    case 'running':
      return engine.state === 'present' ? 'running' : 'degraded'
    case 'paused':
    case 'stalled':
    case 'panicked':
    case 'mute':
    case 'stopping':
      return 'degraded'
  }
}
