/** A virtqueue with its eventfds: kicks from the guest, calls to it. */
import { libcFunction } from '../../../src/net/host/linux/libc.ts'
import { type Readiness, ready } from '../../../src/net/host/linux/readiness.ts'
import { closeFd } from '../../../src/net/host/linux/sockets.ts'
import type { GuestMemory } from './memory.ts'
import type { VringAddresses } from './messages.ts'
import { SplitRing } from './ring.ts'

const write = libcFunction('long write(int fd, const void *bytes, size_t count)')!
const one = new Uint8Array(BigUint64Array.of(1n).buffer)

export class Queue {
  size = 0
  base = 0
  readonly #readiness: Readiness
  readonly #kicked: () => void
  #addresses: VringAddresses | undefined
  #ring: SplitRing | undefined
  #kick: number | undefined
  #call: number | undefined
  #isEnabled = false

  constructor(readiness: Readiness, kicked: () => void) {
    this.#readiness = readiness
    this.#kicked = kicked
  }

  /** Undefined: stopped, disabled or broken. */
  get ring(): SplitRing | undefined {
    return this.#isEnabled && this.#kick !== undefined && this.#ring?.isBroken === false
      ? this.#ring
      : undefined
  }

  call(): void {
    if (this.#call !== undefined) write(this.#call, one, one.length)
  }

  enable(isEnabled: boolean): void {
    this.#isEnabled = isEnabled
    if (isEnabled) this.#kicked()
  }

  /** The ring moves with the memory. */
  setMemory(memory: GuestMemory): boolean {
    if (this.#ring === undefined) return true
    this.base = this.#ring.next
    return this.setAddresses(this.#addresses!, memory)
  }

  setAddresses(addresses: VringAddresses, memory: GuestMemory): boolean {
    this.#addresses = addresses
    this.#ring = SplitRing.open(memory, { ...addresses, size: this.size, base: this.base })
    return this.#ring !== undefined
  }

  /** Starts the ring. Edge-triggered, so that the counter need not be read. */
  setKick(fd: number | undefined): boolean {
    this.#dropKick()
    this.#kick = fd
    if (fd === undefined) return true
    const isAdded = this.#readiness.add(fd, { ready: this.#kicked }, ready.read | ready.edge)
    if (isAdded) this.#kicked()
    return isAdded
  }

  setCall(fd: number | undefined): void {
    if (this.#call !== undefined) closeFd(this.#call)
    this.#call = fd
  }

  /** Returns the index of the next available entry. */
  stop(): number {
    const base = this.#ring?.next ?? this.base
    this.#ring = undefined
    this.base = base
    this.#dropKick()
    return base
  }

  reset(): void {
    this.stop()
    this.setCall(undefined)
    this.#isEnabled = false
  }

  #dropKick(): void {
    if (this.#kick === undefined) return
    this.#readiness.remove(this.#kick)
    closeFd(this.#kick)
    this.#kick = undefined
  }
}
