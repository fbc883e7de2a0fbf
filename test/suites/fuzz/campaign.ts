/**
 * A fuzzing campaign on one target: changed inputs in batches, coverage after each batch, and where a batch has shown
 * new blocks it is halved until the inputs are found that did: they join the corpus.
 */
import { type Coverage, Covered } from './coverage.ts'
import { mutated } from './mutate.ts'
import type { FuzzTarget } from './targets.ts'

const batchInputs = 1024
/** Longer is a hang. */
const hangMs = 50

export interface Findings {
  executions: number
  crashes: { input: Uint8Array; error: string }[]
  hangs: { input: Uint8Array; ms: number }[]
}

export class Campaign {
  readonly target: FuzzTarget
  readonly corpus: Uint8Array[] = []
  readonly findings: Findings = { executions: 0, crashes: [], hangs: [] }
  readonly #coverage: Coverage
  readonly #random: (below: number) => number
  readonly #covered = new Covered()

  constructor(target: FuzzTarget, coverage: Coverage, random: () => number) {
    this.target = target
    this.#coverage = coverage
    this.#random = (below) => Math.floor(random() * below)
  }

  /** Characters of source that ran. */
  get coveredSize(): number {
    return this.#covered.size
  }

  /** Takes those inputs that show something new. */
  async begin(inputs: readonly Uint8Array[]): Promise<void> {
    await this.#coverage.take()
    for (const input of inputs) await this.#consider(input)
  }

  async runUntil(endMs: number): Promise<void> {
    while (performance.now() < endMs) await this.#batch()
  }

  async #batch(): Promise<void> {
    const { corpus } = this
    const pick = (): Uint8Array => corpus[this.#random(corpus.length)] ?? new Uint8Array(0)
    const inputs = Array.from({ length: batchInputs }, () =>
      mutated(pick(), pick(), this.target.maxBytes, this.#random),
    )
    await this.#search(inputs)
  }

  /** Halves a batch that has shown new blocks until the inputs are found that did. */
  async #search(inputs: readonly Uint8Array[]): Promise<void> {
    if (inputs.length === 1) {
      await this.#consider(inputs[0]!)
      return
    }
    for (const input of inputs) await this.#execute(input)
    if (this.#covered.add(await this.#coverage.take(), true) === 0) return
    const middle = inputs.length >> 1
    await this.#search(inputs.slice(0, middle))
    await this.#search(inputs.slice(middle))
  }

  async #consider(input: Uint8Array): Promise<void> {
    await this.#execute(input)
    if (this.#covered.add(await this.#coverage.take()) > 0) this.corpus.push(input)
  }

  async #execute(input: Uint8Array): Promise<void> {
    const { findings } = this
    let ms = await this.#timed(input)
    // The machine has other work, and garbage is collected: what hangs does so each time.
    for (let again = 0; again < 3 && ms > hangMs; again += 1) ms = Math.min(ms, await this.#timed(input))
    if (ms > hangMs) findings.hangs.push({ input, ms })
  }

  async #timed(input: Uint8Array): Promise<number> {
    const { findings, target } = this
    findings.executions += 1
    const began = performance.now()
    try {
      const running = target.run(input)
      if (running !== undefined) await running
    } catch (error) {
      findings.crashes.push({ input, error: String((error as Error).stack) })
    }
    return performance.now() - began
  }
}

/** The fewest inputs, small ones first, that show all blocks that the corpus shows. */
export async function minimised(
  { target, corpus }: Campaign,
  coverage: Coverage,
  freshen: () => void,
): Promise<Uint8Array[]> {
  const covered = new Covered()
  const kept: Uint8Array[] = []
  await coverage.take()
  for (const input of corpus.toSorted((a, b) => a.length - b.length)) {
    freshen()
    await target.run(input)
    if (covered.add(await coverage.take()) === 0) continue
    kept.push(input)
  }
  return kept
}
