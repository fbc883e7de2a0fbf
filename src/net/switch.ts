/** Links of several guests as one network: learns which MAC is behind which link and passes frames between them. */
import type { Link } from './link/link.ts'
import { gatewayMac } from './wire/ethernet.ts'
import type { PacketBuffer } from './wire/packet.ts'

/** A guest that makes up source addresses must not use up memory. */
const maxMacs = 4096

export class Switch {
  readonly #links = new Set<Link>()
  /** First two bytes × 2^32 + last four → link. */
  readonly #macs = new Map<number, Link>()

  get links(): ReadonlySet<Link> {
    return this.#links
  }

  get macs(): ReadonlyMap<number, Link> {
    return this.#macs
  }

  add(link: Link): void {
    this.#links.add(link)
  }

  remove(link: Link): void {
    this.#links.delete(link)
    for (const [mac, at] of this.#macs) if (at === link) this.#macs.delete(mac)
  }

  /** True when the frame is (also) for us. Frames for another link's guest are on their way when it returns. */
  pass(packet: PacketBuffer, at: number, end: number, from: Link): boolean {
    const { view } = packet
    const sourceHigh = view.getUint16(at + 6)
    const sourceLow = view.getInt32(at + 8)
    if (sourceHigh !== from.lastMacHigh || sourceLow !== from.lastMacLow)
      this.#learn(sourceHigh, sourceLow, from)
    const high = view.getUint16(at)
    const low = view.getInt32(at + 2)
    if (high === gatewayMac.high && low === gatewayMac.low) return true
    const isGroup = (high & 0x0100) !== 0
    if (this.#links.size > 1) this.#forward(packet, at, end, from, isGroup ? undefined : keyOf(high, low))
    return isGroup
  }

  /** `mac` undefined: to all; an unknown one too, as any switch does. */
  #forward(packet: PacketBuffer, at: number, end: number, from: Link, mac: number | undefined): void {
    const only = mac === undefined ? undefined : this.#macs.get(mac)
    for (const link of this.#links) {
      if (link === from || (only !== undefined && link !== only)) continue
      const to = link.reserve(end - at)
      if (to < 0) continue
      link.batch.bytes.set(packet.bytes.subarray(at, end), to)
      link.commit(end - at)
    }
  }

  #learn(high: number, low: number, link: Link): void {
    // A group address as source is nobody's.
    if ((high & 0x0100) !== 0 || this.#macs.size >= maxMacs) return
    link.lastMacHigh = high
    link.lastMacLow = low
    this.#macs.set(keyOf(high, low), link)
  }
}

function keyOf(high: number, low: number): number {
  return high * 0x1_0000_0000 + (low >>> 0)
}
