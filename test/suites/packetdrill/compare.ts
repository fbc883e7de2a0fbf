/**
 * Compares a segment with the one that a script expects: what RFCs determine. PSH, the size of an open window, its scale
 * its clock, and timestamps that were only offered are a sender's choice (RFC 9293 sections 3.8.2, 3.8.6, RFC 7323 section 2).
 */
import type { TextSegment } from '../../support/net/segments.ts'
import { type Option, optionOf, type ScriptSegment } from './script.ts'

/** The first numbers of both sides. */
export interface Bases {
  /** Of the guest's. */
  guest: number
  /** Of the subject's. */
  local: number
  /** What the subject's clock is ahead of the script's. */
  clock: number
}

/** What differs; empty: nothing. */
export function differences(expected: ScriptSegment, got: TextSegment, bases: Bases): string[] {
  const found: string[] = []
  const differ = (name: string, wanted: unknown, is: unknown): void => {
    if (wanted !== is) found.push(`${name} ${String(is)} instead of ${String(wanted)}`)
  }
  const flagsOf = (flags: string): string => [...flags.replace('P', '')].sort().join('')
  differ('flags', flagsOf(expected.flags), flagsOf(got.flags))
  differ('reserved bits', 0, got.reserved)
  const base = expected.isAbsolute ? 0 : bases.local
  if (expected.sequence !== undefined) differ('sequence', expected.sequence >>> 0, (got.seq - base) >>> 0)
  differ('length', expected.length, got.payload.length)
  if (expected.flags.includes('A') && expected.ack !== undefined)
    differ('ack', expected.ack >>> 0, (got.ack - bases.guest) >>> 0)
  if (expected.window !== undefined && !expected.flags.includes('R'))
    differ('open window', expected.window > 0, got.window > 0)
  if (expected.options !== undefined) compareOptions(expected.options, expected, got, bases, differ)
  return found
}

function compareOptions(
  options: readonly Option[],
  { flags }: ScriptSegment,
  got: TextSegment,
  bases: Bases,
  differ: (name: string, wanted: unknown, is: unknown) => void,
): void {
  if (flags.includes('S')) {
    const mss = optionOf(options, 'mss')?.value
    if (mss === 'any') {
      differ('an MSS', true, got.mss !== undefined)
      return
    }
    differ('MSS', mss, got.mss)
    differ('SACK permitted', optionOf(options, 'sackOK') !== undefined, got.sackPermitted)
    // An answer may scale only where the guest has offered it.
    if (flags.includes('A'))
      differ('window scale', optionOf(options, 'wscale') !== undefined, got.windowShift !== undefined)
  }
  const clock = optionOf(options, 'TS')
  // One that is only offered is the sender's choice.
  const isOffer = flags.includes('S') && !flags.includes('A')
  if (!isOffer && !flags.includes('R')) {
    differ('timestamps', clock !== undefined, got.timestamps !== undefined)
    if (clock !== undefined) differ('echo', clock.echo | 0, got.timestamps?.[1])
  }
  const wanted = optionOf(options, 'sack')?.blocks ?? []
  const is = got.sack.map(([from, to]) => [(from - bases.guest) >>> 0, (to - bases.guest) >>> 0])
  const text = (blocks: readonly (readonly number[])[]): string =>
    blocks.map((block) => block.join(':')).join(' ')
  differ('SACK', text(wanted), text(is))
}
