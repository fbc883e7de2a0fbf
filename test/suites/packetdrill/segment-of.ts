/** The segment that a script injects, with the numbers of this connection. */
import type { SegmentText } from '../../support/net/segments.ts'
import type { Bases } from './compare.ts'
import { optionOf, type ScriptSegment } from './script.ts'

export function segmentOf(packet: ScriptSegment, bases: Bases): SegmentText {
  const { flags, sequence = 0, ack, window, urgent, length, options = [] } = packet
  const timestamps = optionOf(options, 'TS')
  const mss = optionOf(options, 'mss')
  const scale = optionOf(options, 'wscale')
  const theirs = (relative: number): number => (relative + bases.local) | 0
  return {
    flags,
    seq: (sequence + (packet.isAbsolute ? 0 : bases.guest)) | 0,
    payload: new Uint8Array(length).fill(0x79),
    sackPermitted: optionOf(options, 'sackOK') !== undefined,
    sack: (optionOf(options, 'sack')?.blocks ?? []).map(([from, to]): [number, number] => [
      theirs(from),
      theirs(to),
    ]),
    rawOptions: optionOf(options, 'raw')?.bytes ?? [],
    ...(ack === undefined ? {} : { ack: theirs(ack) }),
    ...(window === undefined ? {} : { window }),
    ...(urgent === undefined ? {} : { urgent }),
    ...(mss === undefined || mss.value === 'any' ? {} : { mss: mss.value }),
    ...(scale === undefined ? {} : { windowShift: scale.value }),
    ...(timestamps === undefined
      ? {}
      : { timestamps: [timestamps.value | 0, echoOf(timestamps.echo, bases)] as [number, number] }),
    ...extrasOf(packet.extras),
  }
}

/** Zero: there is nothing to echo yet. */
const echoOf = (echo: number, { clock }: Bases): number => (echo === 0 ? 0 : (echo + clock) | 0)

/** Ours: `(checksum 0)`, `(reserved 15)`. */
function extrasOf(extras: readonly string[]): Pick<SegmentText, 'checksum' | 'reserved'> {
  for (const extra of extras) {
    const [, name, value] = /^(checksum|reserved) (\d+)$/.exec(extra) ?? []
    if (name === 'checksum') return { checksum: Number(value) }
    if (name === 'reserved') return { reserved: Number(value) }
  }
  return {}
}
