/** Numbers, sizes and durations, which can be compared with others of the same kind. */
import { parseDuration, parseSize } from '../units.ts'

export interface Magnitude {
  kind: 'number' | 'size' | 'duration'
  /** Bytes of a size, seconds of a duration. */
  amount: number
}

/** A digit string is a number, as in kernel parameters. */
export function magnitudeOf(value: unknown): Magnitude | undefined {
  if (typeof value === 'number') return { kind: 'number', amount: value }
  if (typeof value !== 'string') return undefined
  if (/^-?\d+(\.\d+)?$/.test(value)) return { kind: 'number', amount: Number(value) }
  const size = parseSize(value)
  if (size !== undefined) return { kind: 'size', amount: size }
  const duration = parseDuration(value)
  return duration === undefined ? undefined : { kind: 'duration', amount: duration }
}
