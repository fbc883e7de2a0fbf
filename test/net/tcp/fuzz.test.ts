/** Valid and invalid segments in every connection state: invariants that hold for any guest. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { phase, stateName, type TcpConnection } from '../../../src/net/tcp/connection.ts'
import { add, distance, isAfter, isBefore } from '../../../src/net/tcp/sequence.ts'
import { FakeHost } from '../../support/net/fake-host.ts'
import { flow, guestAddress, Lab, network } from '../../support/net/lab.ts'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { type SegmentText, type TextSegment, tcpFrame } from '../../support/net/segments.ts'
import { type Event, event, type Opening, opening } from '../../support/net/tcp-events.ts'

class Fuzzed {
  readonly lab: Lab
  readonly host: FakeHost
  readonly c: TcpConnection
  readonly #ports: { guestPort: number; address: string; port: number }
  #written = 0
  /** Right edge of the guest's largest window, which limits what the engine may send. */
  #edge: number | undefined
  #ends = 0

  constructor({ by, steps, mss, windowShift, sackPermitted }: Opening) {
    this.lab = new Lab()
    const options = {
      ...(mss === undefined ? {} : { mss }),
      ...(windowShift === undefined ? {} : { windowShift }),
      sackPermitted,
    }
    if (by === 'guest') {
      this.#ports = flow
      this.#send({ flags: 'S', seq: -1, ...options })
      this.host = this.lab.dials[0]!
      this.c = this.host.connection!
      if (steps > 1) this.lab.act((stack) => stack.tcp.hostConnected(this.c))
      if (steps > 2) this.#send({ flags: 'A', seq: 0, ack: this.c.max })
    } else {
      this.#ports = { guestPort: 22, address: network.gateway, port: 33_000 }
      this.#send({ flags: 'R' })
      this.host = new FakeHost()
      const to = { guestAddress, guestPort: 22, port: 33_000, address: this.lab.stack.addresses.gateway }
      let opened: TcpConnection | undefined
      this.lab.act((stack) => {
        opened = stack.tcp.connect(to, this.host)
      })
      this.c = opened!
      if (steps > 1) this.#send({ flags: steps > 2 ? 'SA' : 'S', seq: -1, ack: this.c.max, ...options })
    }
    this.#edge = add(this.c.una, 65_535)
    const { host } = this
    const write = host.write.bind(host)
    host.write = (bytes, start, end) => {
      if (host.isEnded) throw new Error('text behind the end')
      write(bytes, start, end)
    }
    const end = host.end.bind(host)
    host.end = () => {
      this.#ends += 1
      end()
    }
    this.lab.takeFrames()
  }

  happens(one: Event): void {
    const { lab, c, host } = this
    const isOver = c.phase === phase.closed
    switch (one.kind) {
      case 'segment':
        this.#segment(one)
        break
      case 'data': {
        // Like a host: only after the connection is established, and only while reading is enabled.
        if (!host.isReading) break
        const start = this.#written
        this.#written += one.bytes
        const bytes = Uint8Array.from({ length: one.bytes }, (_, i) => start + i)
        lab.act((stack) => stack.tcp.hostData(c, bytes, 0, bytes.length))
        break
      }
      case 'wait':
        lab.wait(one.ms)
        break
      case 'end':
        if (c.phase > phase.dialling) lab.act((stack) => stack.tcp.hostEnded(c))
        break
      case 'reset':
        lab.act((stack) => stack.tcp.hostReset(c))
        break
      case 'stall':
        host.queuedBytes = host.received.length
        break
      case 'drain':
        host.queuedBytes = 0
        lab.act((stack) => stack.tcp.hostDrained(c))
        break
      case 'link':
        lab.queuedBytes = lab.queuedBytes === 0 ? 1 : 0
        if (lab.queuedBytes === 0) lab.act((stack) => stack.linkDrained())
        break
    }
    this.#check(isOver)
  }

  /** All connections end when the guest stops responding and the host has closed. */
  end(): void {
    const { lab, c } = this
    lab.queuedBytes = 0
    lab.act((stack) => {
      stack.linkDrained()
      if (c.phase === phase.dialling) stack.tcp.hostFailed(c, 'refused')
      else stack.tcp.hostReset(c)
    })
    lab.wait(2_000_000)
    lab.frames.length = 0
    expect(c.phase === phase.closed || stateName(c)).toBe(true)
    for (const other of lab.stack.tcp.connections()) {
      // An unrelated SYN during the connection.
      expect(other.phase).toBe(phase.dialling)
      lab.act((stack) => stack.tcp.hostFailed(other, 'refused'))
    }
    expect([lab.stack.tcp.size, lab.stack.tcp.bufferedBytes, lab.stack.tcp.nextMs]).toEqual([0, 0, undefined])
  }

  #segment({ seqFrom, ackFrom, seq, ack, flags, bytes, window, sack }: Event & { kind: 'segment' }): void {
    const { c } = this
    const from = { next: c.receiveNext, edge: c.receiveEdge }[seqFrom]
    const to = { una: c.una, max: c.max, edge: add(c.una, c.peerWindow) }[ackFrom]
    const payload = Uint8Array.from({ length: bytes }, (_, i) => i)
    const segment: SegmentText = {
      flags,
      seq: add(from, seq),
      ack: add(to, ack),
      payload,
      window,
      sack: sack.map(([a, b]): [number, number] => [add(c.una, a), add(c.una, b)]),
    }
    const isSyn = flags.includes('S')
    const edge = add(segment.ack!, isSyn ? window : window << c.peerShift)
    const isProcessed = !isAfter(segment.ack!, c.max) && !isBefore(segment.ack!, c.una)
    if (isProcessed && (this.#edge === undefined || isAfter(edge, this.#edge))) this.#edge = edge
    this.#send(segment)
  }

  #send(segment: SegmentText): void {
    this.lab.arrive(tcpFrame(network.address, this.#ports.address, this.#ports, segment))
  }

  #check(wasOver: boolean): void {
    const { c, lab } = this
    for (const frame of lab.takeFrames()) {
      const out = parseSegmentFrame(frame)
      if (out === undefined) continue
      expect(frame.length - 14).toBeLessThanOrEqual(network.mtu)
      if (!wasOver && !out.flags.includes('R') && c.phase >= phase.open) this.#checkSent(out)
    }
    if (c.phase !== phase.open) return
    expect(isAfter(c.una, c.max)).toBe(false)
    expect(isBefore(c.next, c.una) || isAfter(c.next, c.max)).toBe(false)
    expect(isBefore(c.receiveEdge, c.receiveNext)).toBe(
      c.isFinReceived && c.receiveEdge === add(c.receiveNext, -1),
    )
    expect(c.reassembly.bytes).toBeLessThanOrEqual(distance(c.receiveNext, c.receiveEdge) + 1460)
    expect(c.buffer.length).toBeLessThanOrEqual(2 * 1024 * 1024 + 60_000)
    expect(c.scoreboard.bytes).toBeLessThanOrEqual(distance(c.una, c.max))
    // Unacknowledged or queued data has a timer, or waits for the link.
    const isWaiting = c.una !== c.max || c.buffer.length > 0
    if (isWaiting && !c.isWaitingForLink) expect(c.deadlineMs).toBeGreaterThan(0)
    expect(c.host === undefined || this.host.received.length === c.bytesFromGuest).toBe(true)
    expect(this.#ends).toBeLessThanOrEqual(1)
  }

  #checkSent({ seq, ack, payload, flags }: TextSegment): void {
    const { c } = this
    if (flags.includes('S')) return
    // ACKs cover in-order data only.
    expect(isAfter(ack, c.receiveNext)).toBe(false)
    const offset = distance(add(c.initialSequence, 1), seq)
    expect(payload.findIndex((byte, i) => byte !== ((offset + i) & 255))).toBe(-1)
    // A zero window is probed with one byte.
    const edge = isAfter(this.#edge!, c.una) ? this.#edge! : c.una
    if (payload.length > 0) expect(isAfter(add(seq, payload.length), add(edge, 1))).toBe(false)
  }
}

const runs = Number(process.env.DESKTOP_TCP_FUZZ ?? 500)

test(
  `whatever comes in whatever state, in ${runs} lives of a connection: the rules hold, and all of it ends`,
  () => {
    fc.assert(
      fc.property(opening, fc.array(event, { minLength: 1, maxLength: 40 }), (how, events) => {
        const fuzzed = new Fuzzed(how)
        for (const one of events) fuzzed.happens(one)
        fuzzed.end()
      }),
      { numRuns: runs },
    )
  },
  60_000 + 20 * runs,
)
