/** A packetdrill script as data: options, then events with the time at which each is due. */

export interface Script {
  family: 4 | 6
  mtu: number | undefined
  /** How far from its time a packet may be. */
  toleranceS: number
  /** All options as written, for those who judge whether a script applies. */
  options: ReadonlyMap<string, string>
  events: readonly ScriptEvent[]
}

export type Due =
  | { kind: 'at'; seconds: number }
  /** Relative to the event before it. */
  | { kind: 'after'; seconds: number }
  | { kind: 'any' }

export type ScriptEvent = { line: number; due: Due } & Action

export type Action =
  | { kind: 'inject' | 'expect'; packet: ScriptPacket }
  | { kind: 'call'; call: Call }
  | { kind: 'command'; text: string }
  | { kind: 'code'; text: string }

export type ScriptPacket =
  | ({ protocol: 'tcp' } & ScriptSegment)
  | {
      protocol: 'icmp'
      type: string
      code: string | undefined
      mtu: number | undefined
      quotedSequence: number
    }

export interface ScriptSegment {
  /** Letters of F, S, R, P, A (written as a dot), U, E, W. */
  flags: string
  /** Undefined: any. */
  sequence: number | undefined
  /** Not counted from the first number of the connection. */
  isAbsolute: boolean
  length: number
  ack: number | undefined
  window: number | undefined
  urgent: number | undefined
  /** Undefined: any. */
  options: readonly Option[] | undefined
  /** In parentheses before the flags, or behind the segment: a TTL, an encapsulation; ours: `optional`. */
  extras: readonly string[]
}

export type Option =
  | { kind: 'mss'; value: number | 'any' }
  | { kind: 'wscale'; value: number }
  | { kind: 'nop' }
  | { kind: 'eol' }
  | { kind: 'sackOK' }
  | { kind: 'sack'; blocks: readonly (readonly [number, number])[] }
  | { kind: 'TS'; value: number; echo: number }
  /** As bytes: `raw 1e 02` of our own scripts. */
  | { kind: 'raw'; bytes: readonly number[] }
  /** One that this reader does not know. */
  | { kind: 'other'; text: string }

export interface Call {
  name: string
  /** As written. */
  args: readonly string[]
  result: number
  /** `ECONNRESET`, behind a result of -1. */
  error: string | undefined
}

export function optionOf<K extends Option['kind']>(
  options: readonly Option[],
  kind: K,
): Extract<Option, { kind: K }> | undefined {
  return options.find((option): option is Extract<Option, { kind: K }> => option.kind === kind)
}
