/** Behaviour of the model peer of a simulation. */
import type { SegmentText } from './segments.ts'

export interface ModelOptions {
  toSend: Uint8Array
  /** The peer dials; otherwise it answers a SYN. */
  opens: boolean
  /** The peer reads to the end before it sends. */
  isLast: boolean
  /** Upper bound of the data that it may receive. */
  mostReceived: number
  receiveBytes: number
  /** Bytes its application reads per millisecond. */
  readRate: number
  /** The peer does not read between these times. */
  pauseMs: readonly [number, number]
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  /** How often it drops SACKed out-of-order data, and how often it shrinks its window. */
  reneges: number
  shrinks: number
  isn: number
}

export interface ModelSurroundings {
  send: (segment: SegmentText) => void
  random: () => number
  nowMs: number
}
