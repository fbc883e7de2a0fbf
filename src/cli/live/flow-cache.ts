/**
 * Caches all flows: idle flows are fetched only once a second; in between, the supervisor returns active
 * ones.
 */
import type { FlowView } from '../../net/flows.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { flowKey } from './rates.ts'
import { type Containers, type Sample, takeSample } from './sample.ts'

/** Interval of complete samples, which also remove closed flows. */
const usualWholeMs = 1_000
/** Margin for the duration of a request. */
const slackMs = 100

export class FlowCache {
  readonly #wholeMs: number
  #whole: Sample | undefined
  #seenMs = 0
  readonly #flows = new Map<string, { flow: FlowView; atMs: number }>()

  constructor(wholeMs: number = usualWholeMs) {
    this.#wholeMs = wholeMs
  }

  /** Rejects if the supervisor does not respond. */
  async take(control: Control, containers: Containers): Promise<Sample> {
    const whole = this.#whole
    if (whole === undefined || performance.now() - whole.atMs >= this.#wholeMs) {
      const sample = await takeSample(control, containers)
      this.#whole = sample
      this.#seenMs = sample.atMs
      this.#flows.clear()
      for (const flow of sample.flows) this.#flows.set(flowKey(flow), { flow, atMs: sample.atMs })
      return sample
    }
    const heardWithinMs = Math.ceil(performance.now() - this.#seenMs) + slackMs
    const changed = await control.flows({ heardWithinMs })
    const atMs = performance.now()
    this.#seenMs = atMs
    for (const flow of changed) this.#flows.set(flowKey(flow), { flow, atMs })
    const flows = Array.from(this.#flows.values(), (known) => ({
      ...known.flow,
      idleMs: known.flow.idleMs + atMs - known.atMs,
    }))
    return { ...whole, containers: await containers.of(whole.facts.engine, atMs), flows, atMs }
  }
}
