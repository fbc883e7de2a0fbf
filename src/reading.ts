/**
 * The answer of anything that was looked at. Reading can fail, and a thing that could not be read is never
 * taken for a thing that is not there.
 */
export type Reading<T> =
  | { state: 'present'; value: T }
  | { state: 'absent' }
  | { state: 'unknown'; reason: string }

export const present = <T>(value: T): Reading<T> => ({ state: 'present', value })
export const absent: Reading<never> = { state: 'absent' }
export const unknown = (reason: string): Reading<never> => ({ state: 'unknown', reason })

/** The value of a reading, or undefined for the two other answers. */
export function known<T>(reading: Reading<T>): T | undefined {
  return reading.state === 'present' ? reading.value : undefined
}
