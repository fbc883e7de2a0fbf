/**
 * Links of several guests as one network: learns which MAC is behind which link and passes frames between them. A trunk
 * leads to the switch of another machine. All switches of a network are joined to each other, so what one trunk brings
 * leaves by no other: there is no loop, and none that could fail for all.
 */
import { gatewayMac } from '../wire/ethernet.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Link, LinkCounters } from './link.ts'

/** A guest that makes up source addresses must not use up memory, nor take the places of others. */
const maxMacsPerLink = 1024
/** Copies to all that one link may cause: more than ARP needs, less than a loop of bridges makes. */
const floodsPerSecond = 2000
const floodBurst = 1000

export interface SwitchCounters {
  /** Frames to everyone, or to someone who is not known. */
  flooded: number
  /** Those of a link that had too many. */
  floodsLimited: number
  /** Frames from guest to guest where guests are isolated. */
  isolated: number
  /** Our own frames, which came back. */
  looped: number
  /** From a group's address, which no card has. */
  groupSource: number
  /** Frames for other guests that speak for an address that is not the sender's. */
  spoofed: number
  /** For a guest that is on no other link. */
  nowhere: number
  /** Too long for the framing of the link that they are for. */
  oversized: number
}

/** What the switch knows of one link. */
interface Port {
  macs: number
  /** Floods that it may cause now. */
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
  /** Guests reach the gateway and the world, not each other. */
  readonly isIsolated: boolean
  /** What links counted that are gone: totals never go down. */
  readonly gone: LinkCounters = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0, framesLost: 0 }
  readonly #ports = new Map<Link, Port>()
  readonly #links = new Set<Link>()
  readonly #trunks = new Set<Link>()
  /** First two bytes × 2^32 + last four → link. */
  readonly #macs = new Map<number, Link>()

  readonly #isSpoofed: (packet: PacketBuffer, at: number, end: number) => boolean

  /** @param isImpostor whether a frame for other guests must not reach them. */
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

  /** True when the frame is (also) for us. Frames for another link's guest are on their way when it returns. */
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

  /** `mac` undefined: to all; an unknown one too, as any switch does. */
  #forward(
    packet: PacketBuffer,
    at: number,
    end: number,
    from: Link,
    mac: number | undefined,
    nowMs: number,
  ): void {
    if (this.isIsolated) {
      // What is for everyone is for us too, and no frame from guest to guest.
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

  /** A bucket of tokens for each link. */
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

  /** The guest is elsewhere now. Were it remembered as the last seen there, its way back would not be noticed. */
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
