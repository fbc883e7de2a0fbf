/**
 * The forwarder without sockets and clock: frames from links go in, frames to links and actions on the host come
 * out. `burstEnded` closes a batch of events; `advance` does what time asks for.
 */

import { type DropCounters, newDropCounters } from './counters.ts'
import { answerArp, askArp } from './ip/arp.ts'
import { Icmp } from './ip/icmp.ts'
import { IpInput } from './ip/input.ts'
import type { IpLayer } from './ip/layer.ts'
import { type Neighbour, Neighbours } from './ip/neighbours.ts'
import { IpOutput } from './ip/output.ts'
import type { FrameHandler } from './link/frames.ts'
import type { Link } from './link/link.ts'
import type { LinkAddresses } from './settings.ts'
import type { StackHost } from './stack-host.ts'
import { Switch } from './switch.ts'
import { tcpDefaults } from './tcp/context.ts'
import { TcpEngine } from './tcp/engine.ts'
import { Datagrams } from './udp/datagrams.ts'
import { ethernetHeaderBytes, etherType } from './wire/ethernet.ts'
import type { PacketBuffer } from './wire/packet.ts'

const slowTickMs = 2000

export class Stack implements FrameHandler, IpLayer {
  readonly addresses: LinkAddresses
  readonly host: StackHost
  readonly drops: DropCounters = newDropCounters()
  readonly neighbours: Neighbours = new Neighbours()
  readonly links: Switch = new Switch()
  readonly output: IpOutput
  readonly tcp: TcpEngine
  readonly datagrams: Datagrams
  readonly icmp: Icmp
  readonly input: IpInput
  /** Where the frame at hand comes from. */
  #from!: Link
  #nowMs: number
  #slowMs: number

  constructor(addresses: LinkAddresses, host: StackHost, nowMs: number) {
    this.addresses = addresses
    this.host = host
    this.#nowMs = nowMs
    this.#slowMs = nowMs + slowTickMs
    this.output = new IpOutput(addresses.mtu, host.random32())
    this.datagrams = new Datagrams(this)
    this.icmp = new Icmp(this)
    const around = {
      dial: host.dialTcp.bind(host),
      neighbour: (address: number) => this.neighbours.getOrAdd(address),
      resolve: this.resolve.bind(this),
      unreachable: this.icmp.dialFailed.bind(this.icmp),
      random32: () => host.random32(),
    }
    this.tcp = new TcpEngine({ ...tcpDefaults, mtu: addresses.mtu }, around, nowMs)
    this.input = new IpInput(this, this)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  set nowMs(nowMs: number) {
    this.#nowMs = nowMs
    this.tcp.nowMs = nowMs
  }

  addLink(link: Link): void {
    this.links.add(link)
  }

  /** Its flows wait for it to come back. */
  removeLink(link: Link): void {
    this.links.remove(link)
    this.neighbours.linkGone(link)
  }

  /** Whose frames come next. */
  set from(link: Link) {
    this.#from = link
  }

  frame(packet: PacketBuffer, at: number, end: number): void {
    const link = this.#from
    link.counters.framesIn += 1
    link.counters.bytesIn += end - at
    if (!this.links.pass(packet, at, end, link)) return
    switch (packet.view.getUint16(at + 12)) {
      case etherType.ipv4:
        this.input.arrived(packet, at, end, link)
        break
      case etherType.arp:
        this.#arp(packet, at + ethernetHeaderBytes, end, link)
        break
      default:
        this.drops.unknownProtocol += 1
    }
  }

  /** The end of a batch of frames or host events: what they ask for is done, and all links are flushed. */
  burstEnded(): void {
    this.tcp.endBurst()
    for (const link of this.links.links) link.flush()
  }

  /** A link has room again. */
  linkDrained(): void {
    this.tcp.linkReady()
    this.burstEnded()
  }

  advance(): void {
    this.tcp.advance()
    if (this.#nowMs >= this.#slowMs) {
      this.#slowMs = this.#nowMs + slowTickMs
      this.datagrams.expire(this.#nowMs)
      this.input.fragments.expire(this.#nowMs)
    }
    this.burstEnded()
  }

  /** When `advance` is to be called next; undefined: not before something happens. */
  get nextMs(): number | undefined {
    const hasSlowWork = this.datagrams.size + this.input.fragments.size > 0
    const slow = hasSlowWork ? this.#slowMs : undefined
    const tcp = this.tcp.nextMs
    if (tcp === undefined || slow === undefined) return tcp ?? slow
    return Math.min(tcp, slow)
  }

  resolve(neighbour: Neighbour): void {
    askArp(this.links.links, neighbour, this.addresses.gateway, this.#nowMs)
  }

  #arp(packet: PacketBuffer, at: number, end: number, link: Link): void {
    const isOurs = (address: number) => address === this.addresses.gateway || address === this.addresses.host
    const sender = answerArp(packet.view, at, end, link, isOurs)
    if (sender === undefined) this.drops.malformed += 1
    else if (sender.senderAddress !== 0)
      this.input.learn(sender.senderAddress, sender.senderHigh, sender.senderLow, link)
  }
}
