/** Samples an environment for its metrics: rereads the file each time, and checks drift less often. */
import { type EnvironmentOptions, openEnvironment } from '../../apply/environment/environment.ts'
import { generationNumbers, readGeneration } from '../../apply/history/generation.ts'
import { assess } from '../../apply/plan/assess.ts'
import { residentBytes } from '../../host/resident-memory.ts'
import type { Metric } from '../../net/core/metric.ts'
import { observedValue } from '../../observation.ts'
import { reading } from '../../observe/deadline.ts'
import { type GuestMemory, observeGuestMemory } from '../../observe/guest-memory.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import { toolVersion } from '../../version.ts'
import { differencesOf } from '../views/drift.ts'
import { type EnvironmentSample, environmentMetrics } from './environment-metrics.ts'

/** Interval of drift checks, which query host, VM and engine. */
const driftMs = 60_000

/** A scrape must end within ten seconds by default. */
const guestMs = 4_000

export class MetricsCollector {
  readonly #options: EnvironmentOptions
  #drift: EnvironmentSample['drift']

  constructor(options: EnvironmentOptions) {
    this.#options = options
  }

  /** With the prefix `desktop_`; forwarder metrics use `desktop_net_…`. */
  async collect(): Promise<readonly Metric[]> {
    const environment = await openEnvironment(this.#options)
    const { paths, desired } = environment
    const control = await connectSupervisor(paths).catch(() => undefined)
    const facts = await control?.facts()
    const [memory, qemuBytes, denials, net, numbers] = await Promise.all([
      control === undefined || facts?.vm.state !== 'running' ? undefined : memoryOf(control),
      facts !== undefined && 'pid' in facts.vm ? residentBytes(facts.vm.pid) : undefined,
      control?.egressDenials(),
      control?.metrics() ?? [],
      generationNumbers(paths.generationsDir),
    ])
    const last = numbers.at(-1)
    const newest = last === undefined ? undefined : await readGeneration(paths.generationsDir, last)
    if (this.#drift === undefined || Date.now() - this.#drift.atMs > driftMs) {
      // An invalid file leaves a gap, like an unresponsive engine.
      const document = await assess(environment).then(
        (found) => found.document,
        () => undefined,
      )
      const found = document === undefined ? undefined : differencesOf(document)
      this.#drift = found && { effects: found.map(({ effect }) => effect), atMs: Date.now() }
    }
    const own = environmentMetrics({
      environment: desired.name,
      toolVersion,
      facts,
      denials,
      memory,
      qemuBytes,
      generations: { kept: numbers.length, newest },
      drift: this.#drift,
    })
    const named = (prefix: string) => (metric: Metric) => ({ ...metric, name: prefix + metric.name })
    return [...own.map(named('desktop_')), ...net.map(named('desktop_net_'))]
  }
}

/** A guest that does not answer leaves a gap. */
const memoryOf = async (control: Control): Promise<GuestMemory | undefined> =>
  observedValue(await reading(() => observeGuestMemory(control), { what: 'the guest', deadlineMs: guestMs }))
