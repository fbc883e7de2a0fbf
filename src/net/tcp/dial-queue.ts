/**
 * Dials that are to be begun. Each costs the host some system calls, so that thousands at once would keep everybody
 * else waiting: only so many are begun per burst, one destination after another in turn, and a guest that tries a
 * dead one ten thousand times does not delay its dial to a good one.
 */
import type { TcpConnection } from './connection.ts'

export class DialQueue {
  readonly #byAddress = new Map<number, TcpConnection[]>()
  size = 0

  add(c: TcpConnection): void {
    this.size += 1
    const queue = this.#byAddress.get(c.address)
    if (queue === undefined) this.#byAddress.set(c.address, [c])
    else queue.push(c)
  }

  /** The next in turn, if any. */
  take(): TcpConnection | undefined {
    for (const [address, queue] of this.#byAddress) {
      this.#byAddress.delete(address)
      const c = queue.shift()
      // To the end of the line.
      if (queue.length > 0) this.#byAddress.set(address, queue)
      this.size -= 1
      return c
    }
    return undefined
  }
}
