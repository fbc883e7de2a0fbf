/**
 * Memory for sendmmsg(2) and recvmmsg(2), laid out once: headers of many messages, each with pointers to its
 * peer's name, its bytes and its control data. The memory of an ArrayBuffer never moves, so pointers into it
 * remain valid. Layout on 64-bit Linux:
 *
 *   struct mmsghdr   0 name   8 name length u32   16 iovec   24 iovec count   32 control   40 control length
 *                   48 flags   56 length of the message u32                                       64 bytes
 *   struct iovec     0 base   8 length                                                            16 bytes
 *   struct cmsghdr   0 length u64   8 level u32   12 type u32   16 data                  up to 72 bytes
 */
import { pointerTo } from './libc.ts'

export const mostMessages = 64
export const headerBytes = 64
/** Header fields that change. */
export const at = { nameBytes: 8, controlBytes: 40, length: 56 } as const
const iovecBytes = 16
/** A source address (40) and a segment size (24), or source addresses of both families. */
const controlBytes = 72
/** struct sockaddr_in6, rounded up. */
const nameBytes = 32

const namesAt = mostMessages * headerBytes
const iovecsAt = namesAt + mostMessages * nameBytes
const controlsAt = iovecsAt + mostMessages * iovecBytes
const dataAt = controlsAt + mostMessages * controlBytes

export class MessageMemory {
  /** Pointers to the headers, for the system call. */
  readonly pointers: readonly bigint[]
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly dataAt: number = dataAt
  readonly controlBytes: number = controlBytes
  /** Base address in two halves, so that no BigInt is allocated per message. */
  readonly #low: number
  readonly #high: number

  constructor(dataBytes: number) {
    this.bytes = new Uint8Array(dataAt + dataBytes)
    this.view = new DataView(this.bytes.buffer)
    const address = pointerTo(this.bytes)
    this.#low = Number(address & 0xffff_ffffn)
    this.#high = Number(address >> 32n)
    this.pointers = Array.from({ length: mostMessages }, (_, i) => address + BigInt(i * headerBytes))
    for (let i = 0; i < mostMessages; i += 1) {
      const header = i * headerBytes
      this.#point(header, this.nameAt(i))
      this.#point(header + 16, iovecsAt + i * iovecBytes)
      this.view.setUint32(header + 24, 1, true)
      this.#point(header + 32, this.controlAt(i))
    }
  }

  nameAt(i: number): number {
    return namesAt + i * nameBytes
  }

  controlAt(i: number): number {
    return controlsAt + i * controlBytes
  }

  /** Sets the iovec of a message. */
  setPart(i: number, offset: number, bytes: number): void {
    const iovec = iovecsAt + i * iovecBytes
    this.#point(iovec, offset)
    this.view.setUint32(iovec + 8, bytes, true)
  }

  #point(where: number, offset: number): void {
    const low = this.#low + offset
    this.view.setUint32(where, low, true)
    this.view.setUint32(where + 4, this.#high + (low > 0xffff_ffff ? 1 : 0), true)
  }
}
