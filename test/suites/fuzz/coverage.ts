/** Block coverage of src/net and src/names by V8's profiler. */
import { type Profiler, Session } from 'node:inspector/promises'

/** Functions that ran since the last look, with the ranges of those blocks whose counts differ from what is around them. */
export type Look = readonly { script: string; ran: Profiler.FunctionCoverage }[]

export class Coverage {
  readonly #session = new Session()

  async start(): Promise<void> {
    this.#session.connect()
    await this.#session.post('Profiler.enable')
    await this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    await this.take()
  }

  /** Counts begin anew. */
  async take(): Promise<Look> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage')
    const ours = result.filter(({ url }) => /\/src\/(net|names)\//.test(url))
    return ours.flatMap(({ scriptId, functions }) =>
      functions.filter(({ ranges }) => ranges[0]!.count > 0).map((ran) => ({ script: scriptId, ran })),
    )
  }
}

/** Which characters of which functions have run: ranges cannot be kept, since V8 joins those of one count. */
export class Covered {
  readonly #functions = new Map<string, Uint8Array>()
  size = 0

  /** How many characters ran that had not before; they are remembered unless it is only a question. */
  add(look: Look, isQuestion = false): number {
    let added = 0
    for (const { script, ran } of look) {
      const { startOffset, endOffset } = ran.ranges[0]!
      const key = `${script}:${startOffset}-${endOffset}`
      const known = this.#functions.get(key)
      const now = painted(ran)
      let isNew = 0
      for (let i = 0; i < now.length; i += 1) if (now[i] === 1 && known?.[i] !== 1) isNew += 1
      if (isNew === 0) continue
      added += isNew
      if (isQuestion) continue
      if (known === undefined) this.#functions.set(key, now)
      else for (let i = 0; i < now.length; i += 1) known[i]! |= now[i]!
    }
    if (!isQuestion) this.size += added
    return added
  }
}

/** Outer ranges come before those inside of them. */
function painted({ ranges }: Profiler.FunctionCoverage): Uint8Array {
  const start = ranges[0]!.startOffset
  const bytes = new Uint8Array(ranges[0]!.endOffset - start)
  for (const { startOffset, endOffset, count } of ranges)
    bytes.fill(count > 0 ? 1 : 0, startOffset - start, endOffset - start)
  return bytes
}
