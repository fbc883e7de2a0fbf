/** How the model peer of a simulation behaves. */
import type { SegmentText } from './segments.ts'

export interface ModelOptions {
  toSend: Uint8Array
  /** It dials; else it answers a SYN. */
  opens: boolean
  /** It reads to the end before it sends. */
  isLast: boolean
  /** Of what it gets, at most. */
  mostReceived: number
  receiveBytes: number
  /** Bytes its application reads per millisecond. */
  readRate: number
  /** It does not read between these times. */
  pauseMs: readonly [number, number]
  mss: number
  windowShift: number | undefined
  sackPermitted: boolean
  /** How often it drops what came out of order and was reported, and how often it takes back room. */
  reneges: number
  shrinks: number
  isn: number
}

export interface ModelSurroundings {
  send: (segment: SegmentText) => void
  random: () => number
  nowMs: number
}
