/**
 * The stack without sockets and clock: a link that collects frames, a host with streams that are plain objects,
 * and a manual clock.
 */
import type { Ipv6Settings } from '../../../src/config/desired.ts'
import type { GatewayDatagram, HostDatagram } from '../../../src/net/core/host-datagram.ts'
import type { HostStream } from '../../../src/net/core/host-stream.ts'
import { linkAddresses } from '../../../src/net/core/settings.ts'
import { Batches } from '../../../src/net/link/batches.ts'
import { type Inserts, Link, type LinkSocket } from '../../../src/net/link/link.ts'
import { Stack } from '../../../src/net/stack.ts'
import type { StackHost } from '../../../src/net/stack-host.ts'
import { packetMemory } from '../../../src/net/storage/packet-memory.ts'
import type { TcpConnection } from '../../../src/net/tcp/connection.ts'
import type { UdpFlow } from '../../../src/net/udp/nat.ts'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { PacketBuffer } from '../../../src/net/wire/packet.ts'
import { FakeHost } from './fake-host.ts'
import { parseSegmentFrame } from './read-segment.ts'
import type { TextSegment } from './segments.ts'

export const network = {
  subnet: '192.168.65.0/24',
  gateway: '192.168.65.1',
  address: '192.168.65.3',
  host: '192.168.65.254',
  mtu: 1500,
}

export const ipv6 = {
  subnet: 'fd00:65::/64',
  gateway: 'fd00:65::1',
  address: 'fd00:65::3',
  host: 'fd00:65::fe',
}

/** Shared by all labs, because each would reserve address space. */
const batches = new Batches(512 * 1024)

/** Data sent by a socket for a batch and its inserts. */
function gathered(
  batch: PacketBuffer,
  bytes: number,
  { count, entries, bytes: inserted }: Inserts,
): Uint8Array {
  const all = new Uint8Array(bytes + inserted)
  let from = 0
  let to = 0
  for (let i = 0; i <= 3 * count; i += 3) {
    const until = i < 3 * count ? entries[i]! : bytes
    all.set(batch.bytes.subarray(from, until), to)
    to += until - from
    from = until
    if (i === 3 * count) break
    const [address, length] = [entries[i + 1]!, entries[i + 2]!]
    all.set(packetMemory.bytes.subarray(address, address + length), to)
    to += length
  }
  return all
}

export class Lab implements StackHost, LinkSocket {
  readonly stack: Stack
  link: Link
  readonly frames: Uint8Array[] = []
  readonly dials: FakeHost[] = []
  readonly datagrams: GatewayDatagram[] = []
  /** Bytes that the guest's side has not read. */
  queuedBytes = 0
  canGather = true
  /** Whether dials get a host; otherwise they are refused. */
  answersDials = true
  nowMs = 1000
  /** Time that each dial takes within a burst. */
  msPerDial = 0
  #dialledMs = 0
  #random = 1

  constructor(
    mtu: number = network.mtu,
    also: { ipv6?: Ipv6Settings | undefined; nowMs?: number; subnet?: string } = { ipv6 },
  ) {
    this.nowMs = also.nowMs ?? this.nowMs
    const { subnet = network.subnet } = also
    const settings = { ...network, subnet, mtu, ...(also.ipv6 === undefined ? {} : { ipv6: also.ipv6 }) }
    this.stack = new Stack(linkAddresses(settings), this, this.nowMs)
    this.link = new Link(1, 'u32-be', this, batches)
    this.stack.addLink(this.link)
    // Discard the first router advertisement, which most tests ignore.
    this.link.flush()
    this.frames.length = 0
  }

  // Link

  send(batch: PacketBuffer, bytes: number, inserts: Inserts): PacketBuffer {
    const all = gathered(batch, bytes, inserts)
    const view = new DataView(all.buffer)
    for (let at = 0; at < all.length; ) {
      const length = view.getUint32(at)
      this.frames.push(all.slice(at + 4, at + 4 + length))
      at += 4 + length
    }
    return batch
  }

  close(): void {}

  /** Disconnects the link; frames are lost. */
  detach(): void {
    this.stack.removeLink(this.link)
    this.link.close()
    this.frames.length = 0
  }

  /** Connects a new link. */
  attach(): void {
    this.link = new Link(this.link.id + 1, 'u32-be', this, batches)
    this.stack.addLink(this.link)
  }

  // Host

  dialTcp(connection: TcpConnection): HostStream | undefined {
    this.#dialledMs += this.msPerDial
    if (!this.answersDials) return undefined
    const host = new FakeHost(connection)
    this.dials.push(host)
    return host
  }

  clockMs(): number {
    return this.nowMs + this.#dialledMs
  }

  sendEcho(): boolean {
    return false
  }

  openUdp(_flow: UdpFlow): HostDatagram | undefined {
    return undefined
  }

  serveUdp(datagram: GatewayDatagram): boolean {
    this.datagrams.push(datagram)
    return false
  }

  isTaken(): boolean {
    return false
  }

  random32(): number {
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) | 0
    return this.#random
  }

  // Test side

  /** Frames arrive in one read of the link. */
  arrive(...frames: Uint8Array[]): void {
    this.stack.nowMs = this.nowMs
    this.stack.from = this.link
    const packet = new PacketBuffer(new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0)))
    let at = 0
    for (const frame of frames) {
      packet.bytes.set(frame, at)
      this.stack.frame(packet, at, at + frame.length)
      at += frame.length
    }
    this.stack.burstEnded()
  }

  /** Runs a host event. */
  act(action: (stack: Stack) => void): void {
    this.stack.nowMs = this.nowMs
    action(this.stack)
    this.stack.burstEnded()
  }

  /** Advances the clock; timers run at their time. */
  advanceTo(nowMs: number): void {
    for (;;) {
      const next = this.stack.nextMs
      if (next === undefined || next > nowMs) break
      this.nowMs = Math.max(this.nowMs, next)
      this.stack.nowMs = this.nowMs
      this.stack.advance()
    }
    this.nowMs = nowMs
    this.stack.nowMs = nowMs
  }

  wait(ms: number): void {
    this.advanceTo(this.nowMs + ms)
  }

  takeFrames(): Uint8Array[] {
    return this.frames.splice(0)
  }

  /** TCP segments to the guest since the last call; all other frames are skipped. */
  takeSegments(): TextSegment[] {
    return this.takeFrames().flatMap((frame) => parseSegmentFrame(frame) ?? [])
  }
}

export const flow = { guestPort: 40_000, address: '10.1.2.3', port: 80 }
/** The same over IPv6. */
export const flow6 = { guestPort: 40_000, address: '2001:db8::80', port: 80 }

export const guestAddress: number = parseIpv4(network.address)
