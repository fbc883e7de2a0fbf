/** Sizes and durations in dockerd's syntax. */

/** units.RAMInBytes, e.g. 10m or 1.5 GiB. */
const size = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP]?)[iI]?[bB]?$/
/** dockerd computes in signed 64-bit numbers. */
const mostBytes = 2 ** 63

export function isSize(text: string): boolean {
  const [, number, unit = ''] = size.exec(text) ?? []
  return (
    number !== undefined && Number(number) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase() || ' ') < mostBytes
  )
}

/** Go's time.ParseDuration. */
const duration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/
const secondsOf: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
}

/** undefined if the text is not a duration. */
export function durationSeconds(text: string): number | undefined {
  if (!duration.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  const sum = parts.reduce(
    (total, [, number, unit = '']) => total + Number(number) * (secondsOf[unit] ?? 0),
    0,
  )
  return text.startsWith('-') ? -sum : sum
}
