/** DNS over TCP (RFC 1035 section 4.2.2, RFC 7766): each message behind its length, u16 big-endian. */

/** Cuts a byte stream into messages, however it was cut into chunks. */
export class MessageReader {
  #pending: Uint8Array = new Uint8Array()

  /** Messages that are whole now, in order. */
  feed(chunk: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.#pending.length + chunk.length)
    bytes.set(this.#pending)
    bytes.set(chunk, this.#pending.length)
    const messages: Uint8Array[] = []
    let at = 0
    while (at + 2 <= bytes.length) {
      const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!)
      if (end > bytes.length) break
      messages.push(bytes.subarray(at + 2, end))
      at = end
    }
    this.#pending = bytes.slice(at)
    return messages
  }
}

/** A message as it goes into the stream; a copy, so the message's buffer may be used again. */
export function framed(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + message.length)
  bytes[0] = message.length >> 8
  bytes[1] = message.length
  bytes.set(message, 2)
  return bytes
}
