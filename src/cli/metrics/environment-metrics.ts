/**
 * Metrics of an environment (VM, engine, ports, egress, history and drift), in addition to its forwarder's.
 * Pure.
 */
import type { Generation } from '../../apply/history/generation.ts'
import type { Metric } from '../../net/core/metric.ts'
import type { EgressDenials } from '../../net/forwarder.ts'
import type { GuestMemory } from '../../observe/guest-memory.ts'
import type { EffectClass } from '../../reconcile/plan.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'

export interface EnvironmentSample {
  environment: string
  toolVersion: string
  /** Undefined if no supervisor is running. */
  facts: SupervisorFacts | undefined
  denials: EgressDenials | undefined
  /** Undefined if the guest does not answer. */
  memory: GuestMemory | undefined
  /** Resident memory of QEMU, if known. */
  qemuBytes: number | undefined
  /** Number of recorded generations, and the newest. */
  generations: { kept: number; newest: Generation | undefined }
  /** Differences from the file; undefined if they could not be determined. */
  drift: { effects: readonly EffectClass[]; atMs: number } | undefined
}

const effects: readonly EffectClass[] = ['live', 'reload', 'restart-engine', 'restart-vm', 'recreate']

export function environmentMetrics(sample: EnvironmentSample): Metric[] {
  const { environment, toolVersion, facts, denials } = sample
  return [
    gauge('info', 'The environment and the version of desktop', [
      { labels: { environment, version: toolVersion }, value: 1 },
    ]),
    gauge('supervisor_up', 'Whether the supervisor answers', [{ value: facts === undefined ? 0 : 1 }]),
    ...(facts === undefined ? [] : ofFacts(facts)),
    ...ofMemory(sample),
    ...(denials === undefined ? [] : ofDenials(denials)),
    ...ofGenerations(sample.generations),
    ...ofDrift(sample.drift),
  ]
}

function ofFacts({ vm, engine, ports, rssBytes, startedAt, names }: SupervisorFacts): Metric[] {
  const isUp = engine.state === 'up'
  return [
    gauge('supervisor_resident_bytes', 'Memory of the supervisor', [{ value: rssBytes }]),
    gauge('supervisor_start_time_seconds', 'Start of the supervisor, in Unix time', [
      { value: unixSeconds(startedAt) },
    ]),
    gauge('vm_state', '1 for the state of the VM', [{ labels: { state: vm.state }, value: 1 }]),
    ...('startedAt' in vm
      ? [
          gauge('vm_start_time_seconds', 'Start of the VM, in Unix time', [
            { labels: { accelerator: vm.accelerator }, value: unixSeconds(vm.startedAt) },
          ]),
        ]
      : []),
    gauge('engine_up', 'Whether dockerd answers', [{ value: isUp ? 1 : 0 }]),
    gauge('engine_containers_running', 'Running containers', [{ value: isUp ? engine.running.length : 0 }]),
    gauge(
      'ports',
      'Listeners on the host by owner and state',
      [...Map.groupBy(ports, ({ owner, state }) => `${owner} ${state}`)].map(([key, { length }]) => {
        const [owner = '', state = ''] = key.split(' ')
        return { labels: { owner, state }, value: length }
      }),
    ),
    gauge('names_failed', 'Ports of container names that failed to open', [
      { value: Object.keys(names?.failed ?? {}).length },
    ]),
  ]
}

function ofMemory({ memory, qemuBytes }: EnvironmentSample): Metric[] {
  const rows: [name: string, help: string, value: number | undefined][] = [
    ['vm_memory_total_bytes', 'Memory of the VM, as its kernel sees it', memory?.totalBytes],
    ['vm_memory_used_bytes', 'Used memory of the VM, without the page cache', memory?.usedBytes],
    ['vm_memory_containers_bytes', 'Memory and page cache of all containers', memory?.containerBytes],
    ['qemu_resident_bytes', 'Resident memory of QEMU on the host', qemuBytes],
  ]
  return rows.flatMap(([name, help, value]) => (value === undefined ? [] : [gauge(name, help, [{ value }])]))
}

const ofDenials = ({ listed, unlisted }: EgressDenials): Metric[] => [
  gauge('egress_denied_destinations', 'Destinations and names recently denied by egress rules', [
    { value: listed.length },
  ]),
  {
    name: 'egress_unlisted_denials_total',
    help: 'Denials not listed because of the rate limit',
    type: 'counter',
    samples: [{ value: unlisted }],
  },
]

function ofGenerations({ kept, newest }: EnvironmentSample['generations']): Metric[] {
  const count = gauge('generations', 'Generations (recorded applies) that are kept', [{ value: kept }])
  if (newest === undefined) return [count]
  const { number, time, result, milliseconds } = newest
  return [
    count,
    gauge('generation_number', 'The newest apply, with its result', [{ labels: { result }, value: number }]),
    gauge('generation_time_seconds', 'Time of the newest apply, in Unix time', [
      { value: unixSeconds(time) },
    ]),
    ...(milliseconds === undefined
      ? []
      : [
          gauge('generation_duration_seconds', 'Duration of the newest apply', [
            { value: milliseconds / 1000 },
          ]),
        ]),
  ]
}

/** Every effect class has a sample, so that an alert sees 0 instead of a gap. */
function ofDrift(drift: EnvironmentSample['drift']): Metric[] {
  if (drift === undefined) return []
  return [
    gauge(
      'drift_differences',
      'Drift: differences from desktop.yaml, by the effect of their repair',
      effects.map((effect) => ({
        labels: { effect },
        value: drift.effects.filter((one) => one === effect).length,
      })),
    ),
    gauge('drift_check_time_seconds', 'Time of the last drift check, in Unix time', [
      { value: Math.round(drift.atMs / 1000) },
    ]),
  ]
}

const gauge = (name: string, help: string, samples: Metric['samples']): Metric => ({
  name,
  help,
  type: 'gauge',
  samples,
})

const unixSeconds = (iso: string): number => Math.round(Date.parse(iso) / 1000)
