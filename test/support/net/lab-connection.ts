/** A connection of the lab, with sequence numbers relative to each side's first. */

import type { FakeHost } from './fake-host.ts'
import { flow, type Lab, network } from './lab.ts'
import { type SegmentText, type TextSegment, tcpFrame } from './segments.ts'

export class LabConnection {
  readonly lab: Lab
  readonly guestIsn: number
  readonly host: FakeHost
  readonly isn: number
  readonly #flow: typeof flow

  /** Opened by the guest; `synOptions` as in SegmentText. */
  constructor(
    lab: Lab,
    synOptions: Partial<SegmentText> = { mss: 1460, windowShift: 7, sackPermitted: true },
    { guestPort }: { guestPort: number } = flow,
  ) {
    this.lab = lab
    this.#flow = { ...flow, guestPort }
    this.guestIsn = 0x7fff_ff00
    this.isn = 0
    this.send({ flags: 'S', seq: -1, ...synOptions })
    this.host = lab.dials.at(-1)!
    lab.act((stack) => stack.tcp.hostConnected(this.host.connection!))
    const [synAck] = lab.takeSegments()
    this.isn = synAck!.seq
    this.send({ flags: 'A', seq: 0, ack: 0, window: 65_535 })
    lab.takeSegments()
  }

  /** Sends from the guest; `seq` 0 is its first byte of data, `ack` 0 expects our first byte. */
  send(...segments: SegmentText[]): void {
    const frames = segments.map(({ seq = 0, ack, sack, ...rest }) => {
      const theirs = (relative: number) => (this.isn + 1 + relative) | 0
      const segment = {
        ...rest,
        seq: (this.guestIsn + 1 + seq) | 0,
        ...(ack === undefined ? {} : { ack: theirs(ack) }),
        ...(sack === undefined
          ? {}
          : { sack: sack.map(([a, b]): [number, number] => [theirs(a), theirs(b)]) }),
      }
      return tcpFrame(network.address, flow.address, this.#flow, segment)
    })
    this.lab.arrive(...frames)
  }

  /** Bytes from the host. */
  hostSends(text: string): void {
    const bytes = new TextEncoder().encode(text)
    this.lab.act((stack) => stack.tcp.hostData(this.host.connection!, bytes, 0, bytes.length))
  }

  hostEnds(): void {
    this.lab.act((stack) => stack.tcp.hostEnded(this.host.connection!))
  }

  /** Segments that the guest receives, with relative numbers. */
  take(): TextSegment[] {
    return this.lab.takeSegments().map((segment) => ({
      ...segment,
      seq: (segment.seq - this.isn - 1) | 0,
      ack: segment.flags.includes('A') ? (segment.ack - this.guestIsn - 1) | 0 : 0,
      sack: segment.sack.map(([a, b]): [number, number] => [
        (a - this.guestIsn - 1) | 0,
        (b - this.guestIsn - 1) | 0,
      ]),
    }))
  }

  /** The same as short texts: `A 0+5 ack 3 hello`. */
  takeTexts(): string[] {
    return this.take().map(({ flags, seq, ack, payload, sack }) => {
      const blocks = sack.map(([a, b]) => ` sack ${a}-${b}`).join('')
      const data = payload.length === 0 ? '' : ` "${new TextDecoder().decode(payload)}"`
      return `${flags} ${seq} ack ${ack}${blocks}${data}`
    })
  }

  get hostText(): string {
    return new TextDecoder().decode(Uint8Array.from(this.host.received))
  }
}
