/**
 * IPv6 addresses as small integers. After parsing (flow keys, connections, neighbours), an address is one signed
 * 32-bit number: for IPv4, the address itself. An IPv6 address gets a handle in 0.0.0.1 … 0.255.255.255, which
 * IPv4 hosts cannot have (RFC 1122 section 3.2.1.3). So both families share tables, keys and state machines,
 * without cost for IPv4.
 *
 * Handles have no reference count and need not be released. If there are many, `sweep` collects those in use
 * (connections, flows, neighbours) and frees all others; it is called between bursts, when nothing else holds
 * handles.
 */
import { FlowTable } from '../storage/flow-table.ts'
import { formatIpv6 } from '../wire/addresses.ts'

/** Exceeds the maximum number of connections, each with another address. */
const maxAddresses = 131_072
const sweepFrom = 4096

export function isIpv6(address: number): boolean {
  return address >>> 24 === 0 && address !== 0
}

export class AddressTable {
  readonly #handles: FlowTable<number>
  /** Four big-endian words per address, at 4 × handle. */
  #words = new Int32Array(4 * 256)
  readonly #texts: (string | undefined)[] = []
  readonly #free: number[] = []
  readonly #pinned: number[] = []
  #next = 1
  #sweepAt = sweepFrom

  constructor(seed: number) {
    this.#handles = new FlowTable(4, seed)
  }

  get size(): number {
    return this.#handles.size
  }

  /** Handle of the address at offset `at`; 0 if the table is full, which drops the packet. */
  intern(view: DataView, at: number): number {
    const { key } = this.#handles
    key[0] = view.getInt32(at)
    key[1] = view.getInt32(at + 4)
    key[2] = view.getInt32(at + 8)
    key[3] = view.getInt32(at + 12)
    return this.#handles.get() ?? this.#add()
  }

  internBytes(bytes: Uint8Array): number {
    return this.intern(new DataView(bytes.buffer, bytes.byteOffset, 16), 0)
  }

  /** Handle of an address that is never freed. */
  pin(bytes: Uint8Array): number {
    const handle = this.internBytes(bytes)
    this.#pinned.push(handle)
    return handle
  }

  write(handle: number, view: DataView, at: number): void {
    const words = this.#words
    const base = 4 * handle
    view.setInt32(at, words[base]!)
    view.setInt32(at + 4, words[base + 1]!)
    view.setInt32(at + 8, words[base + 2]!)
    view.setInt32(at + 12, words[base + 3]!)
  }

  bytes(handle: number): Uint8Array {
    const bytes = new Uint8Array(16)
    this.write(handle, new DataView(bytes.buffer), 0)
    return bytes
  }

  /** RFC 5952 notation; cached, because it is needed repeatedly. */
  text(handle: number): string {
    this.#texts[handle] ??= formatIpv6(this.bytes(handle))
    return this.#texts[handle]
  }

  /** Sum of the address's 16-bit words, below 2^20. */
  sum(handle: number): number {
    let sum = 0
    for (let i = 4 * handle; i < 4 * handle + 4; i += 1) {
      const word = this.#words[i]!
      sum += (word >>> 16) + (word & 0xffff)
    }
    return sum
  }

  isWithin(handle: number, { network, mask }: { network: Int32Array; mask: Int32Array }): boolean {
    for (let i = 0; i < 4; i += 1) if ((this.#words[4 * handle + i]! & mask[i]!) !== network[i]) return false
    return true
  }

  get isCrowded(): boolean {
    return this.#handles.size >= this.#sweepAt
  }

  /** Frees all handles except those in use; the next sweep is due when the number has doubled. */
  sweep(inUse: Iterable<number>): void {
    const kept = new Uint8Array(this.#next)
    for (const handle of this.#pinned) kept[handle] = 1
    for (const handle of inUse) if (handle > 0 && handle < kept.length) kept[handle] = 1
    for (const handle of [...this.#handles.values()]) {
      if (kept[handle] === 1) continue
      this.#handles.key.set(this.#words.subarray(4 * handle, 4 * handle + 4))
      this.#handles.delete()
      this.#texts[handle] = undefined
      this.#free.push(handle)
    }
    this.#sweepAt = Math.min(maxAddresses, Math.max(sweepFrom, 2 * this.#handles.size))
  }

  #add(): number {
    if (this.#handles.size >= maxAddresses) return 0
    const handle = this.#free.pop() ?? this.#next
    if (handle === this.#next) this.#next += 1
    if (4 * handle >= this.#words.length) {
      const grown = new Int32Array(2 * this.#words.length)
      grown.set(this.#words)
      this.#words = grown
    }
    this.#words.set(this.#handles.key, 4 * handle)
    this.#handles.set(handle)
    return handle
  }
}
