/**
 * The answer of anything that was looked at. Reading can fail, and a thing that could not be read is never
 * taken for a thing that is not there.
 */
export type Observation<T> =
  | { state: 'present'; value: T }
  | { state: 'absent' }
  | { state: 'unknown'; reason: string }

export const present = <T>(value: T): Observation<T> => ({ state: 'present', value })
export const absent: Observation<never> = { state: 'absent' }
export const unknown = (reason: string): Observation<never> => ({ state: 'unknown', reason })

/** The value of a reading, or undefined for the two other answers. */
export function observedValue<T>(reading: Observation<T>): T | undefined {
  return reading.state === 'present' ? reading.value : undefined
}
