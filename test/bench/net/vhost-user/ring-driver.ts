/** The driver's half of a split virtqueue, in ordinary memory. */
import { GuestMemory } from '../../../../bench/net/vhost-user/memory.ts'
import { type RingSetup, SplitRing } from '../../../../bench/net/vhost-user/ring.ts'

export const size = 8
const layout = { descriptors: 0, available: 128, used: 160, data: 256 } as const
export const userAt = 0x7f00_0000_0000
export const guestAt = 0x1_0000_0000

export interface Buffer {
  at: number
  bytes: number
}

export class RingDriver {
  static readonly guestAt: number = guestAt
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly ring: SplitRing
  /** First descriptor of the next chain; tests post no more than are free. */
  #next = 0
  #data: number = layout.data
  #seen = 0
  readonly #chains = new Map<number, Buffer[]>()

  /** Offset of the memory in its region. */
  readonly #from: number

  constructor(bytes: Uint8Array = new Uint8Array(layout.data + 4096), from = 0) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#from = from
    this.ring = SplitRing.open(memoryOf(this.bytes), setupOf(size))!
  }

  /** Makes a chain of buffers of these sizes available. Returns them. */
  post(sizes: readonly number[], flags = 0): Buffer[] {
    const head = this.#next % size
    const buffers = sizes.map((bytes, index) => {
      const descriptor = (this.#next + index) % size
      const at = this.#data
      this.#data += bytes
      const hasNext = index + 1 < sizes.length
      this.describe(descriptor, at, bytes, flags | (hasNext ? 1 : 0), (descriptor + 1) % size)
      return { at, bytes }
    })
    this.#next += sizes.length
    this.#chains.set(head, buffers)
    this.offer(head)
    return buffers
  }

  describe(index: number, at: number, bytes: number, flags: number, next: number): void {
    const place = layout.descriptors + 16 * index
    this.view.setBigUint64(place, BigInt(guestAt + this.#from + at), true)
    this.view.setUint32(place + 8, bytes, true)
    this.view.setUint16(place + 12, flags, true)
    this.view.setUint16(place + 14, next, true)
  }

  offer(head: number): void {
    const index = this.view.getUint16(layout.available + 2, true)
    this.view.setUint16(layout.available + 4 + 2 * (index % size), head, true)
    this.view.setUint16(layout.available + 2, index + 1, true)
  }

  /** What the device wrote to each chain that it has completed since the last call. */
  completed(): Uint8Array[] {
    const written: Uint8Array[] = []
    for (
      ;
      this.#seen !== this.view.getUint16(layout.used + 2, true);
      this.#seen = (this.#seen + 1) & 0xffff
    ) {
      const at = layout.used + 4 + 8 * (this.#seen % size)
      const buffers = this.#chains.get(this.view.getUint32(at, true))!
      const whole = buffers.flatMap((one) => [...this.bytes.subarray(one.at, one.at + one.bytes)])
      written.push(Uint8Array.from(whole.slice(0, this.view.getUint32(at + 4, true))))
    }
    return written
  }
}

export const memoryOf = (bytes: Uint8Array): GuestMemory => new GuestMemory([{ guestAt, userAt, bytes }])

export function setupOf(ofSize: number, base = 0, from = 0): RingSetup {
  const { descriptors, available, used } = layout
  return {
    ...{ size: ofSize, base },
    ...{
      descriptors: userAt + from + descriptors,
      available: userAt + from + available,
      used: userAt + from + used,
    },
  }
}
