/** Result of a reading, which can fail: an unreadable resource must not be treated as an absent one. */
export type Observation<T> =
  | { state: 'present'; value: T }
  | { state: 'absent' }
  | { state: 'unknown'; reason: string }

export const present = <T>(value: T): Observation<T> => ({ state: 'present', value })
export const absent: Observation<never> = { state: 'absent' }
export const unknown = (reason: string): Observation<never> => ({ state: 'unknown', reason })

/** The value of a reading; undefined if absent or unreadable. */
export function observedValue<T>(reading: Observation<T>): T | undefined {
  return reading.state === 'present' ? reading.value : undefined
}
