/** Simulates a connection over a faulty link from a seed, between a test-controlled host and the model peer. */
import type { TcpConnection } from '../../../src/net/tcp/connection.ts'
import { FakeHost } from './fake-host.ts'
import { ipv6, Lab, network } from './lab.ts'
import { ModelPeer } from './model-peer.ts'
import { randomFrom } from './random.ts'
import { parseSegmentFrame } from './read-segment.ts'
import { portsOf, type Scenario, wrappingMs } from './scenario.ts'
import { type SegmentText, type TextSegment, tcpFrame } from './segments.ts'

const mostMs = 7_200_000

/** Throws if a byte is lost or wrong, or if the flow does not end correctly. */
export function simulate(s: Scenario): void {
  const run = new Run(s)
  while (!run.isOver) {
    if (run.lab.nowMs > run.startMs + mostMs) throw new Error(`it does not end: ${run.describe()}`)
    run.step()
  }
  run.check()
}

class Run {
  readonly lab: Lab
  readonly #s: Scenario
  readonly #random: () => number
  readonly #peer: ModelPeer
  readonly #up: Uint8Array
  readonly #down: Uint8Array
  readonly startMs: number
  readonly #hostOpened = new FakeHost()
  readonly #ports: ReturnType<typeof portsOf>
  /** Frames in flight, with their arrival times. */
  #under: { atMs: number; arrive: () => void }[] = []
  #connection: TcpConnection | undefined
  #sent = 0
  #isHostEnded = false
  #isReset = false
  #linkChangeMs = 0
  #isAway = false
  /** The engine's last ACK and the right edge of its window. */
  #ack: number | undefined
  #edge: number | undefined

  constructor(s: Scenario) {
    this.#s = s
    this.#random = randomFrom(s.seed)
    this.#ports = portsOf(s)
    this.startMs = s.wraps ? wrappingMs(s) : 1000
    this.lab = new Lab(s.mtu, { ipv6, nowMs: this.startMs })
    this.#up = Uint8Array.from({ length: s.upBytes }, (_, i) => (i * 7 + s.seed + (i >> 8)) & 255)
    this.#down = Uint8Array.from({ length: s.downBytes }, (_, i) => (i * 13 + s.seed + (i >> 8)) & 255)
    this.#knock()
    const isn = s.wraps ? -1000 : Math.floor(this.#random() * 0x1_0000_0000) | 0
    const options = {
      ...s,
      opens: s.opener === 'guest',
      isLast: s.last === 'guest',
      toSend: this.#up,
      mostReceived: s.downBytes,
      pauseMs: [this.startMs, this.startMs + s.pauseMs] as const,
      isn,
    }
    const send = (segment: SegmentText) => {
      const frame = this.#frame(segment)
      this.#pass(() => this.lab.arrive(frame), this.#peer?.state === 'reset')
    }
    this.#peer = new ModelPeer(options, { send, random: this.#random, nowMs: this.lab.nowMs })
    if (s.opener === 'host') this.#openFromHost()
  }

  get isOver(): boolean {
    const { tcp } = this.lab.stack
    // A dialling host gives up eventually.
    const isUnheard = this.#peer.state === 'listening' && this.#hostOpened.isReset
    return this.#connection !== undefined && (this.#peer.isDone || isUnheard) && tcp.size === 0
  }

  step(): void {
    const { lab } = this
    lab.advanceTo(Math.max(lab.nowMs + 1, Math.min(this.#nextMs(), lab.nowMs + 1000)))
    this.#changeLink()
    this.#passFrames()
    const due = this.#under.filter(({ atMs }) => atMs <= lab.nowMs)
    this.#under = this.#under.filter(({ atMs }) => atMs > lab.nowMs)
    for (const { arrive } of due) arrive()
    this.#peer.tick(lab.nowMs)
    this.#runHost()
    this.#resetOnTime()
    this.#passFrames()
  }

  check(): void {
    const host = this.#host
    const got = Buffer.from(host.received)
    const { received, bytes, state } = this.#peer
    if (!got.equals(this.#up.subarray(0, got.length))) throw new Error('the host got wrong bytes')
    if (!Buffer.from(bytes.subarray(0, received)).equals(this.#down.subarray(0, received))) {
      throw new Error('the guest got wrong bytes')
    }
    const { tcp } = this.lab.stack
    if (tcp.bufferedBytes !== 0) throw new Error('memory is held')
    if (tcp.counters.opened === 0 && host.isReset) return
    if (this.#s.resets === 'guest' && this.#isReset) return
    if (received !== this.#sent) throw new Error(`the guest got ${received} of ${this.#sent} bytes`)
    if (this.#isReset) return
    if (state !== 'closed') throw new Error(`the guest’s end is ${state}`)
    if (got.length !== this.#up.length)
      throw new Error(`the host got ${got.length} of ${this.#up.length} bytes`)
    if (!host.isEnded || host.isReset) throw new Error('the host was not told of the end')
  }

  describe(): string {
    const { state, received } = this.#peer
    const host = this.#connection === undefined ? undefined : this.#host.received.length
    return `guest ${state} with ${received} of ${this.#sent}, host with ${host} of ${this.#up.length}`
  }

  get #host(): FakeHost {
    return this.#s.opener === 'guest' ? this.lab.dials[0]! : this.#hostOpened
  }

  #frame(segment: SegmentText): Uint8Array {
    const own = this.#s.family === 4 ? network.address : ipv6.address
    return tcpFrame(own, this.#ports.address, this.#ports, segment)
  }

  /** A frame that announces the guest's location. */
  #knock(): void {
    this.lab.arrive(this.#frame({ flags: 'R' }))
  }

  #nextMs(): number {
    const { lab } = this
    const tcp = lab.stack.nextMs ?? Number.POSITIVE_INFINITY
    const under = this.#under.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY)
    const isHostBusy =
      this.#connection !== undefined && (this.#sent < this.#down.length || this.#host.queuedBytes > 0)
    const host = isHostBusy || this.#connection === undefined ? lab.nowMs + 1 : Number.POSITIVE_INFINITY
    const link = this.#s.blocked + this.#s.away > 0 ? this.#linkChangeMs : Number.POSITIVE_INFINITY
    return Math.min(tcp, under, host, link, this.#peer.nextMs)
  }

  /** @param isSafe never lost: a lost close would only be detected by a keepalive, which we do not send */
  #pass(arrive: () => void, isSafe = false): void {
    const { loss, duplication, delayMs } = this.#s
    if (this.#isAway || (!isSafe && this.#random() < loss)) return
    const copies = this.#random() < duplication ? 2 : 1
    for (let i = 0; i < copies; i += 1) {
      this.#under.push({ atMs: this.lab.nowMs + 1 + Math.floor(this.#random() * delayMs), arrive })
    }
  }

  #passFrames(): void {
    for (const frame of this.lab.takeFrames()) {
      const segment = parseSegmentFrame(frame)
      if (segment === undefined) continue
      if (frame.length - 14 > this.#s.mtu) throw new Error('a frame is longer than the MTU')
      if (!segment.flags.includes('R')) this.#checkEdge(segment)
      this.#pass(() => this.#peer.arrive(segment), this.#peer.state === 'reset')
    }
  }

  /** Acknowledged data stays acknowledged, and the window does not shrink, except by rounding. */
  #checkEdge({ flags, ack, window }: TextSegment): void {
    if (!flags.includes('A')) return
    const shift = flags.includes('S') || this.#s.windowShift === undefined ? 0 : 7
    const edge = (ack + (window << shift)) | 0
    if (this.#edge !== undefined && ((edge - this.#edge) | 0) < -127) throw new Error('its window shrinks')
    if (this.#ack !== undefined && ((ack - this.#ack) | 0) < 0) throw new Error('its ACK goes back')
    this.#edge = edge
    this.#ack = ack
  }

  #openFromHost(): void {
    const { guestPort, port } = this.#ports
    this.lab.act((stack) => {
      const guestAddress = stack.addressOf(this.#s.family === 4 ? network.address : ipv6.address)!
      const to = { guestAddress, guestPort, port, address: stack.gatewayFor(guestAddress) }
      this.#connection = stack.tcp.connect(to, this.#hostOpened)
    })
  }

  /** The host reads at its own pace, and sends while reading is enabled. */
  #runHost(): void {
    const { lab } = this
    if (this.#s.opener === 'guest') {
      const dialled = lab.dials[0]?.connection
      if (dialled === undefined) return
      this.#connection = dialled
      if (dialled.phase === 0) lab.act((stack) => stack.tcp.hostConnected(dialled))
      // A SYN that was in flight for longer than the connection lived.
      for (const { connection } of lab.dials.splice(1)) {
        lab.act((stack) => stack.tcp.hostFailed(connection!, 'refused'))
      }
    }
    const c = this.#connection!
    const host = this.#host
    if (this.#isReset) return
    const readingMs = Math.max(0, lab.nowMs - this.startMs - this.#s.pauseMs)
    const before = host.queuedBytes
    host.queuedBytes = Math.max(0, host.received.length - Math.floor(readingMs * this.#s.readRate))
    if (host.queuedBytes < before) lab.act((stack) => stack.tcp.hostDrained(c))
    const maySend = this.#s.last !== 'host' || host.isEnded
    if (host.isReading && maySend && this.#sent < this.#down.length) {
      const start = this.#sent
      this.#sent = Math.min(this.#down.length, start + 20_000)
      lab.act((stack) => stack.tcp.hostData(c, this.#down, start, this.#sent))
    }
    if (this.#sent === this.#down.length && maySend && !this.#isHostEnded) {
      this.#isHostEnded = true
      lab.act((stack) => stack.tcp.hostEnded(c))
    }
  }

  #resetOnTime(): void {
    const { resets, resetMs } = this.#s
    const c = this.#connection
    if (resets === 'none' || this.#isReset || c === undefined) return
    if (this.lab.nowMs < this.startMs + resetMs || this.#peer.state !== 'open' || c.phase !== 3) return
    this.#isReset = true
    if (resets === 'guest') this.#peer.reset()
    else this.lab.act((stack) => stack.tcp.hostReset(c))
  }

  /** The link blocks, or disconnects and reconnects with the same guest. */
  #changeLink(): void {
    const { blocked, away } = this.#s
    const { lab } = this
    if (blocked + away === 0 || lab.nowMs < this.#linkChangeMs) return
    this.#linkChangeMs = lab.nowMs + 1 + Math.floor(this.#random() * 2000)
    const isBlocked = this.#random() < blocked
    lab.queuedBytes = isBlocked ? 1 : 0
    if (!isBlocked) lab.act((stack) => stack.linkDrained())
    const isAway = this.#random() < away
    if (isAway === this.#isAway) return
    this.#isAway = isAway
    if (isAway) {
      this.#under = []
      lab.detach()
      return
    }
    lab.attach()
    this.#knock()
  }
}
