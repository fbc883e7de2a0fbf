/** DNS over TCP (RFC 1035 section 4.2.2, RFC 7766): each message is preceded by its length, u16 big-endian. */

const lengthBytes = 2
const smallestBytes = 512

/** Splits a byte stream into messages, independent of chunk boundaries. */
export class MessageReader {
  #bytes = new Uint8Array(smallestBytes)
  #start = 0
  #end = 0

  /** Bytes that were not returned by `next` yet. */
  get length(): number {
    return this.#end - this.#start
  }

  /** Copies the chunk. */
  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length || this.length === 0) this.#makeRoom(chunk.length)
    this.#bytes.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** The next complete message, valid until the next `push`; undefined if incomplete. */
  next(): Uint8Array | undefined {
    const bytes = this.#bytes
    const begin = this.#start + lengthBytes
    if (begin > this.#end) return undefined
    const end = begin + ((bytes[begin - 2]! << 8) | bytes[begin - 1]!)
    if (end > this.#end) return undefined
    this.#start = end
    return bytes.subarray(begin, end)
  }

  /** Doubles the buffer, so that a message sent byte by byte is not copied each time; shrinks it when idle. */
  #makeRoom(more: number): void {
    const { length } = this
    const old = this.#bytes
    const needed = length + more
    if (needed > old.length) this.#bytes = new Uint8Array(Math.max(2 * old.length, needed))
    else if (length === 0 && more <= smallestBytes && old.length > smallestBytes) {
      this.#bytes = new Uint8Array(smallestBytes)
    }
    this.#bytes.set(old.subarray(this.#start, this.#end))
    this.#start = 0
    this.#end = length
  }
}

/** A copy of the message with its length prefix. */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(lengthBytes + message.length)
  bytes[0] = message.length >> 8
  bytes[1] = message.length
  bytes.set(message, lengthBytes)
  return bytes
}
