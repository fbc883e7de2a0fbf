/** A connection whose guest has data in flight. */
import { expect } from 'vitest'
import { Lab } from './lab.ts'
import { LabConnection } from './lab-connection.ts'

export const text = (length: number): string => 'x'.repeat(length)

export const mss = 1000

/** Full segments in flight, which fill the congestion window. */
export function withInFlight(
  segments: number,
  { sackPermitted = false, more = 0 }: { sackPermitted?: boolean; more?: number } = {},
): LabConnection {
  const c = new LabConnection(new Lab(), { mss, sackPermitted, windowShift: 7 })
  c.host.connection!.congestionWindow = segments * mss
  c.hostSends(text((segments + more) * mss))
  expect(c.take()).toHaveLength(segments)
  return c
}

export const starts = (c: LabConnection): number[] =>
  c.take().flatMap(({ seq, payload }) => (payload.length > 0 ? [seq] : []))
