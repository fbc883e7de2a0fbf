/** The forwarder's stack as a subject, without sockets; its clock moves only as a script says. */
import type { HostStream } from '../../../src/net/core/host-stream.ts'
import { stateName, type TcpConnection } from '../../../src/net/tcp/connection.ts'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { flow, flow6, ipv6, Lab, network } from '../../support/net/lab.ts'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { ipv4Frame, plainChecksum, type SegmentText, tcpFrame } from '../../support/net/segments.ts'
import { LabHost } from './lab-host.ts'
import type { HostEnd, IcmpError, SentSegment, Subject } from './subject.ts'

/** Dials reach a server, or a port without one. */
class ScriptLab extends Lab {
  isListening = false
  readonly hosts: LabHost[] = []
  readonly dialled: LabHost[] = []

  override dialTcp(connection: TcpConnection): HostStream | undefined {
    if (!this.isListening) return undefined
    const host = new LabHost(this, connection)
    this.hosts.push(host)
    this.dialled.push(host)
    return host
  }
}

export class LabSubject implements Subject {
  readonly family: 4 | 6
  readonly #unread: SentSegment[] = []
  readonly #lab: ScriptLab
  readonly #startMs: number
  readonly #guest: string
  #gateway: string
  /** Of the connection that segments are of; the last packets that the subject sent, for ICMP to quote. */
  #flow: typeof flow
  #lastPacket: Uint8Array = new Uint8Array(0)

  constructor(family: 4 | 6, mtu = 1500) {
    this.family = family
    this.#lab = new ScriptLab(mtu)
    this.#startMs = this.#lab.nowMs
    this.#guest = family === 4 ? network.address : ipv6.address
    this.#gateway = family === 4 ? network.gateway : ipv6.gateway
    // So that the guest is known.
    this.#flow = { guestPort: 1, address: this.#gateway, port: 1 }
    this.inject({ flags: 'R' })
    this.#lab.takeFrames()
    this.#flow = family === 4 ? flow : flow6
  }

  get nowS(): number {
    return (this.#lab.nowMs - this.#startMs) / 1000
  }

  async waitUntil(seconds: number): Promise<void> {
    const untilMs = this.#startMs + seconds * 1000
    while (this.#stepTo(untilMs));
    if (untilMs > this.#lab.nowMs) this.#lab.advanceTo(untilMs)
  }

  async next(untilS: number): Promise<SentSegment | undefined> {
    this.#settle()
    while (this.#unread.length === 0 && this.#stepTo(this.#startMs + untilS * 1000));
    return this.#unread.shift()
  }

  inject(segment: SegmentText): void {
    this.#lab.arrive(tcpFrame(this.#guest, this.#flow.address, this.#flow, segment))
    this.#settle()
  }

  injectIcmp({ type, code, mtu, sequence }: IcmpError): void {
    const quoted = this.#lastPacket.slice()
    new DataView(quoted.buffer).setInt32((this.family === 4 ? 20 : 40) + 4, sequence)
    if (this.family === 6) {
      const body = [0, 0, mtu >> 8, mtu & 255, ...quoted.subarray(0, 1200)]
      this.#lab.arrive(icmp6Frame(this.#guest, this.#flow.address, icmp6(type, code, body)))
    } else {
      const message = Uint8Array.of(type, code, 0, 0, 0, 0, mtu >> 8, mtu & 255, ...quoted.subarray(0, 28))
      const sum = plainChecksum(message)
      message.set([sum >> 8, sum & 255], 2)
      this.#lab.arrive(ipv4Frame(1, this.#guest, this.#flow.address, message))
    }
    this.#settle()
  }

  setListening(isListening: boolean): void {
    this.#lab.isListening = isListening
  }

  accept(): HostEnd | undefined {
    return this.#lab.dialled.shift()
  }

  connect(): HostEnd {
    this.#flow = { guestPort: 8080, address: this.#gateway, port: 33_000 + this.#lab.hosts.length }
    const { guestPort, port } = this.#flow
    const [guestAddress, address] = [this.#guest, this.#gateway].map(
      (text) => this.#lab.stack.addressOf(text)!,
    )
    const host = new LabHost(this.#lab)
    this.#lab.hosts.push(host)
    this.#lab.act((stack) => {
      host.connection = stack.tcp.connect(
        { guestPort, port, guestAddress: guestAddress!, address: address! },
        host,
      )
    })
    this.#settle()
    return host
  }

  states(): string[] {
    return Array.from(this.#lab.stack.tcp.connections(), stateName)
  }

  /** Runs the next timer that is due by then; false: there is none. */
  #stepTo(untilMs: number): boolean {
    const next = this.#lab.stack.nextMs
    if (next === undefined || next > untilMs) return false
    this.#lab.advanceTo(Math.max(next, this.#lab.nowMs))
    this.#settle()
    return true
  }

  /** What follows by itself: servers take connections, kernels answer, and frames are read. */
  #settle(): void {
    const { hosts } = this.#lab
    for (const { connection } of hosts) {
      if (connection !== undefined && stateName(connection) === 'DIALLING')
        this.#lab.act(({ tcp }) => tcp.hostConnected(connection))
    }
    for (const host of hosts) host.settle()
    for (const frame of this.#lab.takeFrames()) {
      const segment = parseSegmentFrame(frame)
      if (segment === undefined) continue
      this.#lastPacket = frame.slice(14)
      this.#unread.push({ segment, atS: this.nowS })
    }
  }
}
