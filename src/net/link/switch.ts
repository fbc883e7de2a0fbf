/**
 * Learning switch for several guests. A trunk connects to another machine's switch. Switches form a full mesh, so
 * frames are never forwarded between trunks: no loops, no single point of failure.
 */
import { gatewayMac } from '../wire/ethernet.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Link, LinkCounters } from './link.ts'

/**
 * Limits MAC flooding: a guest with forged source addresses must not exhaust memory or evict other guests'
 * entries.
 */
const maxMacsPerLink = 1024
/** Flood limit per link: above normal ARP traffic, below a bridge loop. */
const floodsPerSecond = 2000
const floodBurst = 1000

export interface SwitchCounters {
  /** Broadcast, multicast and unknown-unicast frames. */
  flooded: number
  /** Frames dropped by the flood limit. */
  floodsLimited: number
  /** Guest-to-guest frames dropped by isolation. */
  isolated: number
  /** Frames with the gateway's own MAC as source, caused by a loop. */
  looped: number
  /** Frames with a multicast source address. */
  groupSource: number
  /** Frames with a spoofed source address, to other guests. */
  spoofed: number
  /** Frames to a MAC that no other link has. */
  nowhere: number
  /** Frames larger than the destination link's maximum. */
  oversized: number
}

/** Per-link switch state. */
interface Port {
  macs: number
  /** Remaining flood tokens. */
  tokens: number
  filledMs: number
}

export class Switch {
  readonly counters: SwitchCounters = {
    flooded: 0,
    floodsLimited: 0,
    isolated: 0,
    looped: 0,
    groupSource: 0,
    spoofed: 0,
    nowhere: 0,
    oversized: 0,
  }
  /** Guests reach the gateway and external hosts, but not each other. */
  readonly isIsolated: boolean
  /** Counters of removed links, so that totals never decrease. */
  readonly gone: LinkCounters = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0, framesLost: 0 }
  readonly #ports = new Map<Link, Port>()
  readonly #links = new Set<Link>()
  readonly #trunks = new Set<Link>()
  /** First two bytes × 2^32 + last four → link. */
  readonly #macs = new Map<number, Link>()

  readonly #isSpoofed: (packet: PacketBuffer, at: number, end: number) => boolean

  /** @param isSpoofed whether a frame to another guest has a forged source address */
  constructor(
    isIsolated: boolean,
    isSpoofed: (packet: PacketBuffer, at: number, end: number) => boolean = () => false,
  ) {
    this.isIsolated = isIsolated
    this.#isSpoofed = isSpoofed
  }

  get links(): ReadonlySet<Link> {
    return this.#links
  }

  get trunks(): ReadonlySet<Link> {
    return this.#trunks
  }

  get macs(): ReadonlyMap<number, Link> {
    return this.#macs
  }

  add(link: Link): void {
    const set = link.isTrunk ? this.#trunks : this.#links
    set.add(link)
    this.#ports.set(link, { macs: 0, tokens: floodBurst, filledMs: Number.NEGATIVE_INFINITY })
  }

  remove(link: Link): void {
    if (!this.#links.delete(link) && !this.#trunks.delete(link)) return
    for (const key of Object.keys(this.gone) as (keyof LinkCounters)[]) this.gone[key] += link.counters[key]
    this.#ports.delete(link)
    for (const [mac, at] of this.#macs) if (at === link) this.#macs.delete(mac)
  }

  /**
   * Returns true if the gateway must also process the frame. Frames for other guests have been forwarded on
   * return.
   */
  pass(packet: PacketBuffer, at: number, end: number, from: Link, nowMs: number): boolean {
    const { view } = packet
    const sourceHigh = view.getUint16(at + 6)
    const sourceLow = view.getInt32(at + 8)
    if (sourceHigh !== from.lastMacHigh || sourceLow !== from.lastMacLow) {
      if (sourceHigh === gatewayMac.high && sourceLow === gatewayMac.low) {
        this.counters.looped += 1
        return false
      }
      if ((sourceHigh & 0x0100) !== 0) {
        this.counters.groupSource += 1
        return false
      }
      this.#learn(sourceHigh, sourceLow, from)
    }
    const high = view.getUint16(at)
    const low = view.getInt32(at + 2)
    if (high === gatewayMac.high && low === gatewayMac.low) {
      if (!from.isTrunk) return true
      this.counters.nowhere += 1
      return false
    }
    const isGroup = (high & 0x0100) !== 0
    if (this.#links.size + this.#trunks.size > 1)
      this.#forward(packet, at, end, from, isGroup ? undefined : keyOf(high, low), nowMs)
    else if (!isGroup) this.counters.nowhere += 1
    return isGroup && !from.isTrunk
  }

  /** Floods if `mac` is undefined or unknown, as any switch does. */
  #forward(
    packet: PacketBuffer,
    at: number,
    end: number,
    from: Link,
    mac: number | undefined,
    nowMs: number,
  ): void {
    if (this.isIsolated) {
      // The gateway receives broadcasts anyway; they are not isolated guest-to-guest frames.
      if (mac !== undefined) this.counters.isolated += 1
      return
    }
    if (this.#isSpoofed(packet, at, end)) {
      this.counters.spoofed += 1
      return
    }
    const only = mac === undefined ? undefined : this.#macs.get(mac)
    if (only !== undefined) {
      if (only === from || (only.isTrunk && from.isTrunk)) this.counters.nowhere += 1
      else this.#copy(packet, at, end, only)
      return
    }
    if (!this.#mayFlood(from, nowMs)) return
    for (const link of this.#links) if (link !== from) this.#copy(packet, at, end, link)
    if (from.isTrunk) return
    for (const trunk of this.#trunks) this.#copy(packet, at, end, trunk)
  }

  /** Per-link token bucket. */
  #mayFlood(from: Link, nowMs: number): boolean {
    const port = this.#ports.get(from)
    if (port === undefined) return false
    const refill = ((nowMs - port.filledMs) * floodsPerSecond) / 1000
    port.tokens = Math.min(floodBurst, port.tokens + refill)
    port.filledMs = nowMs
    if (port.tokens < 1) {
      this.counters.floodsLimited += 1
      return false
    }
    port.tokens -= 1
    this.counters.flooded += 1
    return true
  }

  #learn(high: number, low: number, link: Link): void {
    const port = this.#ports.get(link)
    const key = keyOf(high, low)
    const before = this.#macs.get(key)
    if (port === undefined || (before !== link && port.macs >= maxMacsPerLink)) return
    if (before !== link) {
      port.macs += 1
      if (before !== undefined) this.#moved(before, high, low)
    }
    link.lastMacHigh = high
    link.lastMacLow = low
    this.#macs.set(key, link)
  }

  /** Clear the old link's last-MAC cache, so that a move back is detected. */
  #moved(from: Link, high: number, low: number): void {
    const port = this.#ports.get(from)
    if (port !== undefined) port.macs -= 1
    if (from.lastMacHigh === high && from.lastMacLow === low) from.lastMacHigh = -1
  }

  #copy(packet: PacketBuffer, at: number, end: number, link: Link): void {
    if (end - at > link.maxFrameBytes) {
      this.counters.oversized += 1
      return
    }
    const to = link.reserve(end - at)
    if (to < 0) return
    link.batch.bytes.set(packet.bytes.subarray(at, end), to)
    link.commit(end - at)
  }
}

function keyOf(high: number, low: number): number {
  return high * 0x1_0000_0000 + (low >>> 0)
}
