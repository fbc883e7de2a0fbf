/** Observations and sizes as text. */
import type { Observation } from '../../observation.ts'

export function textOf<T>(reading: Observation<T>, show: (value: T) => string): string {
  switch (reading.state) {
    case 'present':
      return show(reading.value)
    case 'absent':
      return '-'
    case 'unknown':
      return `unknown: ${reading.reason}`
  }
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
