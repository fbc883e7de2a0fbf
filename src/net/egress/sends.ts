/** Destinations that guests reach without a matching rule, each once: the input of `egress learn`. */
import { RecordingSwitch } from '../core/recording-switch.ts'
import { protocol } from '../wire/ipv4.ts'

export interface SendView {
  protocol: 'tcp' | 'udp' | 'icmp'
  guest: string
  /** A name that resolved to the address. */
  name: string | null
  address: string
  /** Null for pings. */
  port: number | null
}

export interface EgressSends {
  listed: readonly SendView[]
  /** Number of destinations beyond the limit. */
  unlisted: number
}

const maxEntries = 2_048

export class Sends {
  readonly #known = new Set<number>()
  readonly #listed: SendView[] = []
  #unlisted = 0
  readonly #recording = new RecordingSwitch()

  isOn(nowMs: number): boolean {
    return this.#recording.isOn(nowMs)
  }

  /**
   * Enables recording; destinations recorded for a previous reader are included only if it was active recently.
   */
  view(nowMs: number): EgressSends {
    if (!this.#recording.renew(nowMs)) {
      this.#known.clear()
      this.#listed.length = 0
      this.#unlisted = 0
    }
    return { listed: [...this.#listed], unlisted: this.#unlisted }
  }

  /** Whether the destination is new: only then is it formatted. `port` is -1 for protocols without ports. */
  isNew(proto: number, address: number, port: number): boolean {
    const kind = proto === protocol.tcp ? 0 : proto === protocol.udp ? 1 : 2
    // 32 bits of address, 17 of port and 2 of protocol: exact in a number.
    const key = ((address >>> 0) * 0x20000 + (port + 1)) * 4 + kind
    if (this.#known.has(key)) return false
    if (this.#known.size >= maxEntries) {
      this.#unlisted += 1
      return false
    }
    this.#known.add(key)
    return true
  }

  add(send: SendView): void {
    this.#listed.push(send)
  }
}
