/** Sizes and durations in human-readable form. */

const sizeFactors: Readonly<Record<string, number>> = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
}

/** Usual maximum sizes in `vm`, in bytes. A larger number is probably in a smaller unit. */
export const usualSizes: Readonly<Record<'memory' | 'swap' | 'disk', number>> = {
  memory: 2 ** 38,
  swap: 2 ** 38,
  disk: 2 ** 42,
}

/** Bytes of `2GiB`, `1.5GB`; undefined if the text is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/.exec(text)
  const factor = sizeFactors[match?.[2] ?? '']
  if (match === null || factor === undefined) return undefined
  const bytes = Math.round(Number(match[1]) * factor)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** Suggests a size for one without a valid unit; a bare number gets a plausible unit. */
export function sizeHint(text: string, { least, most }: { least: number; most: number }): string {
  const [, number, letter] = /^(\d+(?:\.\d+)?)\s*([kKmMgGtT])?i?[bB]?$/.exec(text) ?? []
  const write = 'write a size such as 2GiB, 512MiB or 20GB'
  if (number === undefined) return write
  if (letter !== undefined) return `did you mean "${number}${letter.toUpperCase()}iB"?`
  const isPlausible = (bytes: number): boolean => bytes >= least && bytes <= most
  const unit = ['GiB', 'MiB', 'KiB'].find((one) => isPlausible(Number(number) * (sizeFactors[one] ?? 0)))
  if (unit !== undefined) return `did you mean "${number}${unit}"?`
  return isPlausible(Number(number)) ? `did you mean "${formatBytes(Number(number))}"?` : write
}

const durationSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of `30s`, `5m`, `1h`, `1h30m`; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(?:\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    seconds += Number(amount) * (durationSeconds[unit ?? ''] ?? 0)
  }
  return seconds
}

/** The largest exact binary unit, as in desktop.yaml. */
const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value !== 0 && value % 1024 === 0 && unit < byteUnits.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value}${byteUnits[unit]}`
}
