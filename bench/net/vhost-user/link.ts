/** The guest's card on the stack: super-segments from its transmit queue, and into buffers of its receive queue. */
import type { EventLoop } from '../../../src/net/host/event-loop.ts'
import { type Inserts, Link, type LinkSocket } from '../../../src/net/link/link.ts'
import { packetMemory } from '../../../src/net/storage/packet-memory.ts'
import type { PacketBuffer } from '../../../src/net/wire/packet.ts'
import { describe, headerFlag, netHeaderBytes, raiseMss } from './offload.ts'
import { ReceiveQueue } from './receive-queue.ts'
import { Chain, type SplitRing } from './ring.ts'
import { Session } from './session.ts'

/** Ethernet, and the largest IP packet. */
const maxFrameBytes = 14 + 65_535
const prefixBytes = 4
const bufferBytes = 1024 * 1024
/** Frames of one burst: others get their turn after it. */
const mostFrames = 64
/** IPv4 and TCP headers. */
const headersBytes = 40

let lastId = 1000

export interface Mtus {
  guest: number
  stack: number
}

export class VhostLink implements LinkSocket {
  readonly canGather: boolean = true
  readonly #loop: EventLoop
  readonly #mtus: Mtus
  readonly #session: Session
  readonly #link: Link
  readonly #receive: ReceiveQueue
  readonly #packet: PacketBuffer = packetMemory.takeBuffer(bufferBytes)
  readonly #chain = new Chain()
  #isClosed = false

  constructor(loop: EventLoop, fd: number, mtus: Mtus) {
    lastId += 1
    this.#loop = loop
    this.#mtus = mtus
    this.#session = new Session(loop, fd, this)
    this.#receive = new ReceiveQueue(this.#session.queues[0])
    this.#link = new Link(lastId, 'u32-be', this, loop.batches)
    loop.stack.addLink(this.#link)
  }

  get queuedBytes(): number {
    return this.#receive.queuedBytes
  }

  /** Each frame goes to the guest's buffers in one copy, its payload from the send buffer. */
  send(batch: PacketBuffer, bytes: number, { count, entries }: Inserts): PacketBuffer {
    const receive = this.#receive
    const base = batch.address
    let insert = 0
    for (let at = 0; at < bytes; ) {
      let left = batch.view.getUint32(at)
      at += prefixBytes
      describe(receive.header, batch.view, at, left, this.#mtus.guest)
      receive.begin(left)
      while (left > 0) {
        const next = insert < count ? entries[3 * insert]! : bytes
        const head = Math.min(left, next - at)
        if (head > 0) receive.add(base + at, head)
        at += head
        left -= head
        if (left === 0) break
        receive.add(entries[3 * insert + 1]!, entries[3 * insert + 2]!)
        left -= entries[3 * insert + 2]!
        insert += 1
      }
      receive.end()
    }
    receive.publish()
    return batch
  }

  close(): void {
    if (!this.#isClosed) this.#session.close()
  }

  kicked(index: number): void {
    if (index === 1) this.#transmitted()
    else if (this.#receive.flush()) this.#loop.stack.linkDrained()
  }

  ready(): void {
    this.#transmitted()
  }

  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#link.isUp = false
    this.#loop.batches.give(this.#link.batch)
    packetMemory.give(this.#packet.bytes)
    this.#loop.run((stack) => stack.removeLink(this.#link))
  }

  /** Copies frames of the transmit queue, returns their buffers, then passes them to the stack. */
  #transmitted(): void {
    const queue = this.#session.queues[1]
    const { ring } = queue
    if (ring === undefined || this.#isClosed) return
    ring.kicks = false
    const ends = this.#copy(ring)
    if (ends.length === 0) {
      ring.kicks = true
      if (ring.hasMore) this.#loop.readiness!.again(this)
      return
    }
    if (ring.publish()) queue.call()
    let at = 0
    for (const end of ends) {
      this.#frame(at, end)
      at = aligned(end)
    }
    this.#loop.readiness!.again(this)
  }

  /** Returns the end of each frame; each begins, with its header, at the next multiple of 8. */
  #copy(ring: SplitRing): number[] {
    const chain = this.#chain
    const { bytes } = this.#packet
    const ends: number[] = []
    let at = 0
    while (ends.length < mostFrames && at + netHeaderBytes + maxFrameBytes <= bufferBytes) {
      if (ring.take(chain, false, netHeaderBytes + maxFrameBytes) !== 'taken') break
      for (let i = 0; i < chain.count; i += 1) {
        const from = chain.at[i]!
        const length = chain.lengths[i]!
        bytes.set(chain.regions[i]!.bytes.subarray(from, from + length), at)
        at += length
      }
      ring.complete(chain.head, 0)
      ends.push(at)
      at = aligned(at)
    }
    return ends
  }

  #frame(from: number, end: number): void {
    const at = from + netHeaderBytes
    const { stack } = this.#loop
    if (end - at < 14) {
      stack.drops.malformed += 1
      return
    }
    const packet = this.#packet
    // Of the header only this is read: the stack itself finds out where a frame's segment is.
    const isPartial = (packet.view.getUint8(from) & headerFlag.needsChecksum) !== 0
    const isSyn = raiseMss(packet.view, at, end, this.#mtus.stack - headersBytes)
    packet.isVerified = isPartial || isSyn
    stack.from = this.#link
    stack.frame(packet, at, end)
  }
}

const aligned = (offset: number): number => (offset + 7) & ~7
