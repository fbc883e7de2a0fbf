/** Destinations of a guest's UDP socket: the last one, and their number. */

/** Sockets with more destinations need no exact count. */
export const mostRemotes = 64

export class Remotes {
  lastAddress = 0
  lastPort = 0
  /** Number of different destinations, up to `mostRemotes`. */
  count = 0
  /** Allocated for the second destination: most sockets have only one. */
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

/** An integer that a double represents exactly. */
const keyOf = (address: number, port: number): number => address * 0x1_0000 + port
