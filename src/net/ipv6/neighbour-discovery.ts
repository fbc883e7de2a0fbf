/**
 * Neighbour discovery on the links: advertisements of our addresses, and solicitations of guests (RFC 4861, RFC
 * 4862).
 */
import type { AddressTable } from '../core/address-table.ts'
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import { icmp6Type } from '../wire/icmp6.ts'
import { advertisementFlags, emitNeighbour, neighbourBytes } from '../wire/ndp.ts'
import type { Ipv6Output } from './output.ts'
import type { OwnAddresses6 } from './own-addresses.ts'

const askEveryMs = 200

export class NeighbourDiscovery {
  readonly #table: AddressTable
  readonly #own: OwnAddresses6
  readonly #output: Ipv6Output
  readonly #allNodes: { macHigh: number; macLow: number; address: Uint8Array }

  constructor(table: AddressTable, own: OwnAddresses6, output: Ipv6Output) {
    this.#table = table
    this.#own = own
    this.#output = output
    this.#allNodes = groupOf(table.bytes(own.allNodes))
  }

  /**
   * `to` undefined: the querier has no address yet and performs duplicate address detection, so the advertisement
   * is multicast.
   */
  advertise(target: number, to: Neighbour | undefined, link: Link): void {
    const receiver =
      to === undefined
        ? this.#allNodes
        : { macHigh: to.macHigh, macLow: to.macLow, address: this.#table.bytes(to.address) }
    const flags = to === undefined ? advertisementFlags.unsolicited : advertisementFlags.solicited
    const message = {
      type: icmp6Type.neighbourAdvertisement,
      flags: flags >>> 0,
      target: this.#table.bytes(target),
    }
    this.#output.discovery(link, receiver, target, neighbourBytes, (view, at) =>
      emitNeighbour(view, at, message),
    )
  }

  /** Sends a rate-limited neighbour solicitation on all links. */
  ask(links: Iterable<Link>, neighbour: Neighbour, nowMs: number): void {
    if (nowMs - neighbour.askedMs < askEveryMs) return
    neighbour.askedMs = nowMs
    const target = this.#table.bytes(neighbour.address)
    const message = { type: icmp6Type.neighbourSolicitation, flags: 0, target }
    const to = groupOf(solicitedNode(target))
    for (const link of links) {
      this.#output.discovery(link, to, this.#own.linkLocal, neighbourBytes, (view, at) =>
        emitNeighbour(view, at, message),
      )
    }
  }
}

/**
 * Solicited-node multicast address: ff02::1:ffXX:XXXX with the last three bytes of the address (RFC 4291 section
 * 2.7.1).
 */
function solicitedNode(address: Uint8Array): Uint8Array {
  const group = new Uint8Array(16)
  group.set([0xff, 2])
  group.set([1, 0xff], 11)
  group.set(address.subarray(13), 13)
  return group
}

/** A multicast address with its MAC: 33:33 and the last four bytes (RFC 2464 section 7). */
export function groupOf(address: Uint8Array): { macHigh: number; macLow: number; address: Uint8Array } {
  return { macHigh: 0x3333, macLow: new DataView(address.buffer, address.byteOffset).getInt32(12), address }
}
