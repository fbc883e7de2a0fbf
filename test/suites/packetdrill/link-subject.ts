/** A network stack behind a unix socket as a subject: frames on its link, real sockets of the host, real time. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { ipv4Frame, plainChecksum, type SegmentText, tcpFrame } from '../../support/net/segments.ts'
import { type HostServer, RealHost } from './real-host.ts'
import type { HostEnd, IcmpError, SentSegment, Subject } from './subject.ts'
import type { Wire } from './wire.ts'

export interface LinkAddresses {
  guest: string
  /** The host's loopback, as the guest knows it. */
  host: string
}

/** The port of the guest that the mapped port leads to. */
export const mappedGuestPort = 8080
/** On a busy machine frames come late; a script's tolerance is for those that come too early. */
const slackS = 0.4

let nextGuestPort = 40_000

export class LinkSubject implements Subject {
  readonly family: 4 | 6
  readonly #wire: Wire
  readonly #addresses: LinkAddresses
  readonly #mappedPort: number
  readonly #server: HostServer
  readonly #startMs = performance.now()
  readonly #unread: SentSegment[] = []
  readonly #hosts: RealHost[] = []
  #flow: { guestPort: number; address: string; port: number }
  /** Waits for the SYN of a connection that the host opens. */
  #isOpening = false
  #lastPacket: Uint8Array = new Uint8Array(0)
  #wake: () => void = () => {}

  constructor(
    wire: Wire,
    family: 4 | 6,
    addresses: LinkAddresses,
    { mappedPort, server }: { mappedPort: number; server: HostServer },
  ) {
    this.family = family
    this.#wire = wire
    this.#addresses = addresses
    this.#mappedPort = mappedPort
    this.#server = server
    nextGuestPort += 1
    this.#flow = { guestPort: nextGuestPort, address: addresses.host, port: server.port }
    wire.onFrame = (frame) => this.#arrived(frame)
  }

  get nowS(): number {
    return (performance.now() - this.#startMs) / 1000
  }

  async waitUntil(seconds: number): Promise<void> {
    const ms = (seconds - this.nowS) * 1000
    if (ms > 0) await sleep(ms)
  }

  async next(untilS: number): Promise<SentSegment | undefined> {
    const deadlineS = Math.max(untilS, this.nowS) + slackS
    while (this.#unread.length === 0) {
      const leftMs = (deadlineS - this.nowS) * 1000
      if (leftMs <= 0) return undefined
      const arrived = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await Promise.race([arrived, sleep(leftMs)])
    }
    return this.#unread.shift()
  }

  inject(segment: SegmentText): void {
    this.#wire.send(tcpFrame(this.#addresses.guest, this.#flow.address, this.#flow, segment))
  }

  injectIcmp({ type, code, mtu, sequence }: IcmpError): void {
    const quoted = this.#lastPacket.slice()
    new DataView(quoted.buffer).setInt32((this.family === 4 ? 20 : 40) + 4, sequence)
    const { guest } = this.#addresses
    if (this.family === 6) {
      const body = [0, 0, mtu >> 8, mtu & 255, ...quoted.subarray(0, 1200)]
      this.#wire.send(icmp6Frame(guest, this.#flow.address, icmp6(type, code, body)))
      return
    }
    const message = Uint8Array.of(type, code, 0, 0, 0, 0, mtu >> 8, mtu & 255, ...quoted.subarray(0, 28))
    const sum = plainChecksum(message)
    message.set([sum >> 8, sum & 255], 2)
    this.#wire.send(ipv4Frame(1, guest, this.#flow.address, message))
  }

  async setListening(isListening: boolean): Promise<void> {
    await (isListening ? this.#server.listen() : this.#server.stop())
  }

  async accept(): Promise<HostEnd | undefined> {
    const host = await this.#server.accept()
    if (host !== undefined) this.#hosts.push(host)
    return host
  }

  connect(): HostEnd {
    this.#isOpening = true
    const host = new RealHost(connect({ host: '127.0.0.1', port: this.#mappedPort, allowHalfOpen: true }))
    this.#hosts.push(host)
    return host
  }

  states(): undefined {
    return undefined
  }

  /** The connection is reset on both sides, so that nothing of it is left for the next script. */
  async dispose(): Promise<void> {
    for (const host of this.#hosts) host.close()
    await this.#server.stop()
    this.#wire.onFrame = () => {}
  }

  #arrived(frame: Uint8Array): void {
    const segment = parseSegmentFrame(frame)
    if (segment === undefined) return
    const isIpv6 = frame[12] === 0x86
    const view = new DataView(frame.buffer)
    const tcpAt = isIpv6 ? 54 : 34
    const [port, guestPort] = [view.getUint16(tcpAt), view.getUint16(tcpAt + 2)]
    if (this.#isOpening && guestPort === mappedGuestPort && segment.flags === 'S') {
      this.#isOpening = false
      this.#flow = { guestPort, address: [...frame.subarray(26, 30)].join('.'), port }
    }
    // Of connections before it some end late.
    if (guestPort !== this.#flow.guestPort || port !== this.#flow.port) return
    this.#lastPacket = frame.slice(14)
    this.#unread.push({ segment, atS: this.nowS })
    this.#wake()
  }
}
