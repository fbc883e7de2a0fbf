/** The environment as it is, as one document. */
import type { InsideSpace } from '../../apply/environment/disk-space.ts'
import type { Environment } from '../../apply/environment/environment.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { SshAgentState } from '../../host/ssh-agent.ts'
import type { NamesView } from '../../names/host-names.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import { type Observation, observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { ServiceState } from '../../observe/services.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { ShareState, VmStatus } from '../../vm/spec.ts'

/** What a person calls the whole; `degraded` = the VM runs and something in it does not. */
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
  dockerHost: string
  paths: EnvironmentPaths
  supervisor: Observation<{ pid: number; version: string; startedAt: string; rssBytes: number }>
  vm: VmStatus | { state: 'unknown'; reason: string }
  /** Why this accelerator is used. */
  accelerator: Observed['host']['accelerator']
  engine: Observation<{ version: string; running: readonly string[] }>
  /** Of the VM; absent while it does not run. */
  services: Observation<readonly ServiceState[]>
  disk: Observed['disk']
  /** The file system on it; absent while the VM does not run. */
  inside: Observation<InsideSpace>
  image: Observed['image']
  context: Observed['context']
  ports: readonly PortStatus[]
  /** Names of containers on the host; absent when the file declares no port for them. */
  names?: NamesView
  /** The SSH agent that the VM reaches; absent: none. */
  sshAgent?: SshAgentState
  /** Where reality differs from the file, as `desktop drift` has it; absent for an environment that was never applied. */
  drift?: readonly string[]
}

/** State that only the running guest knows. */
export type InsideStatus = Pick<StatusDocument, 'inside' | 'services'>

export function statusDocument(
  environment: Environment,
  observed: Observed,
  { inside, services }: InsideStatus,
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
    engine: map(engine, ({ version, running }) => ({ version, running })),
    services,
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

/** Services that keep ending. */
export const crashing = (services: StatusDocument['services']): ServiceState[] =>
  (observedValue(services) ?? []).filter(({ crashLoop }) => crashLoop)

export const sharesOf = (vm: StatusDocument['vm'] | undefined): readonly ShareState[] =>
  vm !== undefined && 'shares' in vm ? (vm.shares ?? []) : []

/** Shares whose server has ended. */
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
