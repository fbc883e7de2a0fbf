/** CPU usage during a run: total CPU seconds, and the peak load. */

const intervalMs = 50
/** Longer than the kernel's 10 ms ticks, shorter than any transfer. */
const windowMs = 500

export interface ProcessorLoad<Key extends string> {
  seconds: Record<Key, number>
  /** Percent of one CPU in the busiest half second. */
  percent: Record<Key, number>
}

/** @param used CPU seconds so far. */
export async function withProcessorLoad<Result, Key extends string>(
  used: () => Readonly<Record<Key, number>>,
  task: () => Promise<Result>,
): Promise<{ result: Result; busy: ProcessorLoad<Key> }> {
  const samples = [{ at: performance.now(), used: used() }]
  const sample = (): number => samples.push({ at: performance.now(), used: used() })
  const timer = setInterval(sample, intervalMs)
  try {
    const result = await task()
    sample()
    return { result, busy: busyOf(samples) }
  } finally {
    clearInterval(timer)
  }
}

interface Sampled<Key extends string> {
  at: number
  used: Readonly<Record<Key, number>>
}

function busyOf<Key extends string>(samples: readonly Sampled<Key>[]): ProcessorLoad<Key> {
  const [first, last] = [samples[0]!, samples.at(-1)!]
  const busyShare = (key: Key): number => {
    const shares = samples.flatMap((from) => {
      const to = samples.find(({ at }) => at >= from.at + windowMs)
      return to === undefined ? [] : [(1000 * (to.used[key] - from.used[key])) / (to.at - from.at)]
    })
    return Math.max(...shares)
  }
  const keys = Object.keys(first.used) as Key[]
  const each = (of: (key: Key) => number) =>
    Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<Key, number>
  return {
    seconds: each((key) => last.used[key] - first.used[key]),
    percent: each((key) => 100 * busyShare(key)),
  }
}
