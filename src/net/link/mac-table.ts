/**
 * MAC addresses of VMN3T clients: a client always gets the same MAC, and thus the same IP address. If all are
 * assigned, a new client gets the one of the client that disconnected first.
 */
import { guestMac } from '../../config/guest-mac.ts'
import type { Vif, Vmn3tClient } from './vmn3t.ts'

/** Limited by the last byte of the MAC. */
const maxCards = 254

export class MacTable {
  readonly #mtu: number
  readonly #reserve: (mac: string, address: number) => boolean
  /** UUID → card number, starting at 1. */
  readonly #known = new Map<string, number>()
  /** Number of connections per UUID. */
  readonly #connected = new Map<string, number>()
  /** UUIDs without connections, in order of disconnection. */
  readonly #gone = new Set<string>()

  /** @param reserve reserves an address for a MAC; returns false if that is not possible */
  constructor(mtu: number, reserve: (mac: string, address: number) => boolean) {
    this.#mtu = mtu
    this.#reserve = reserve
  }

  /**
   * Assigns a card until `release`; returns a message if the client is rejected. A client without UUID is treated
   * as the first machine, because it knows no others.
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

  /** A client with this UUID has disconnected. */
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
