/**
 * Network cards of VMN3T clients: the same client always gets the same MAC, and with it the same address. When all are
 * given out, a new client gets the card of the one that has been gone longest.
 */
import { guestMac } from '../../config/guest-mac.ts'
import type { Vif, Vmn3tClient } from './vmn3t.ts'

/** The last byte of the MAC distinguishes them. */
const maxCards = 254

export class MacTable {
  readonly #mtu: number
  readonly #reserve: (mac: string, address: number) => boolean
  /** By uuid; the number of the card, from 1. */
  readonly #known = new Map<string, number>()
  /** Connections of each uuid that has some. */
  readonly #connected = new Map<string, number>()
  /** Known uuids without connection, the longest gone first. */
  readonly #gone = new Set<string>()

  /** @param reserve keeps an address for a MAC; false: it cannot have it. */
  constructor(mtu: number, reserve: (mac: string, address: number) => boolean) {
    this.#mtu = mtu
    this.#reserve = reserve
  }

  /**
   * A text refuses the client; else it is connected until `release`. One without uuid is the first machine, as one that
   * knows no others is alone.
   */
  assign({ uuid, preferredAddress }: Vmn3tClient): Vif | string {
    const [longestGone] = this.#known.size < maxCards ? [] : this.#gone
    const number =
      this.#known.get(uuid) ??
      (longestGone === undefined ? this.#known.size + 1 : this.#known.get(longestGone)!)
    if (number > maxCards) return 'the network has no free address left'
    const text = macOf(number)
    if (preferredAddress !== undefined && !this.#reserve(text, preferredAddress)) {
      return 'the preferred address is not free, or not in this network'
    }
    if (longestGone !== undefined && !this.#known.has(uuid)) {
      this.#known.delete(longestGone)
      this.#gone.delete(longestGone)
    }
    this.#known.set(uuid, number)
    this.#gone.delete(uuid)
    this.#connected.set(uuid, (this.#connected.get(uuid) ?? 0) + 1)
    return { mac: Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16)), mtu: this.#mtu }
  }

  /** A client with this UUID disconnected. */
  release(uuid: string): void {
    const others = (this.#connected.get(uuid) ?? 0) - 1
    if (others > 0) this.#connected.set(uuid, others)
    else {
      this.#connected.delete(uuid)
      this.#gone.add(uuid)
    }
  }
}

function macOf(number: number): string {
  return guestMac.replace(/..$/, number.toString(16).padStart(2, '0'))
}
