/** Readings and sizes as a person reads them. */
import type { Reading } from '../../reading.ts'

export function textOf<T>(reading: Reading<T>, show: (value: T) => string): string {
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
