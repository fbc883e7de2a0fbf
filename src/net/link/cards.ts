/** Network cards of VMN3T clients: the same client always gets the same MAC, and with it the same address. */
import { vmMac } from '../dhcp/settings.ts'
import type { Vif, Vmn3tClient } from './vmn3t.ts'

/** The last byte of the MAC tells them apart. */
const maxCards = 254

export class Cards {
  readonly #mtu: number
  readonly #reserve: (mac: string, address: number) => boolean
  /** By uuid; the number of the card, from 1. */
  readonly #known = new Map<string, number>()

  /** @param reserve keeps an address for a MAC; false: it cannot have it. */
  constructor(mtu: number, reserve: (mac: string, address: number) => boolean) {
    this.#mtu = mtu
    this.#reserve = reserve
  }

  /** A text refuses the client. A client without uuid is the first machine, as one that knows no others is alone. */
  assign({ uuid, preferredAddress }: Vmn3tClient): Vif | string {
    const number = this.#known.get(uuid) ?? this.#known.size + 1
    if (number > maxCards) return 'no more machines can be on this network'
    const text = macOf(number)
    if (preferredAddress !== undefined && !this.#reserve(text, preferredAddress)) {
      return 'the preferred address is not free, or not in this network'
    }
    this.#known.set(uuid, number)
    return { mac: Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16)), mtu: this.#mtu }
  }
}

function macOf(number: number): string {
  return vmMac.replace(/..$/, number.toString(16).padStart(2, '0'))
}
