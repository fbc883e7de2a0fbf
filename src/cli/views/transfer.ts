/** A transfer as text: amount, rate and remaining time. */

export interface Sample {
  /** Milliseconds of any clock. */
  at: number
  bytes: number
}

/** Rate over the last seconds, so that a hung proxy becomes visible and a slow start drops out. */
const windowMs = 8_000
/** Before this much time, a rate would be a guess. */
const leastMs = 1_000

/** Keeps the samples in the window, and one before it. */
export function sampled(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const from = samples.findLastIndex(({ at }) => at <= next.at - windowMs)
  const before = samples.at(-1)
  // The byte count decreased: another download has started.
  return before !== undefined && next.bytes < before.bytes
    ? [next]
    : [...samples.slice(Math.max(0, from)), next]
}

/** For example `71.1 of 112.0 MB, 9.4 MB/s, 5 s left`. */
export function transferText(samples: readonly Sample[], total: number | undefined): string {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return ''
  const amount =
    total === undefined ? `${megabytes(last.bytes)} MB` : `${megabytes(last.bytes)} of ${megabytes(total)} MB`
  const elapsed = last.at - first.at
  if (elapsed < leastMs || (total !== undefined && last.bytes >= total)) return amount
  const perSecond = ((last.bytes - first.bytes) / elapsed) * 1000
  const rate = `${amount}, ${megabytes(perSecond)} MB/s`
  if (total === undefined || perSecond <= 0) return rate
  return `${rate}, ${timeLeft((total - last.bytes) / perSecond)} left`
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 100) return `${whole} s`
  const minutes = Math.ceil(whole / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}
