/** What a guest's UDP socket sent to: the last one, and how many. */

/** Of a socket that speaks to thousands it is enough to know that there are many. */
export const mostRemotes = 64

export class Remotes {
  lastAddress = 0
  lastPort = 0
  /** Different ones, up to `mostRemotes`. */
  count = 0
  /** Made for the second one: most sockets have one only. */
  #all: Set<number> | undefined

  sentTo(address: number, port: number): void {
    if (address === this.lastAddress && port === this.lastPort) return
    if (this.count > 0) this.#all ??= new Set([keyOf(this.lastAddress, this.lastPort)])
    this.lastAddress = address
    this.lastPort = port
    if (this.count < mostRemotes) this.#all?.add(keyOf(address, port))
    this.count = this.#all?.size ?? 1
  }
}

/** A whole number, which a double holds. */
const keyOf = (address: number, port: number): number => address * 0x1_0000 + port
