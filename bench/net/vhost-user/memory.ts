/**
 * The guest's memory as the front-end describes it: regions with a guest-physical address, an address in QEMU's
 * process, and our view of the bytes. Every access is checked against one region; there is no raw pointer.
 */

export interface Region {
  /** Guest-physical address, in descriptors. */
  readonly guestAt: number
  /** Address in QEMU's process, in ring addresses. */
  readonly userAt: number
  readonly bytes: Uint8Array
}

/** A range of a region, by its offset in `region.bytes`. */
export interface Place {
  readonly region: Region
  readonly at: number
}

export class GuestMemory {
  readonly regions: readonly Region[]
  /** Nearly all accesses hit the region of the last one. */
  #last: Region | undefined

  constructor(regions: readonly Region[]) {
    this.regions = regions
  }

  /** The region that contains the whole range of guest-physical addresses. */
  regionOf(address: number, bytes: number): Region | undefined {
    const last = this.#last
    if (last !== undefined && isWithin(address - last.guestAt, bytes, last)) return last
    const found = this.regions.find((region) => isWithin(address - region.guestAt, bytes, region))
    if (found !== undefined) this.#last = found
    return found
  }

  /** The place of an address in QEMU's process. */
  placeOf(userAddress: number, bytes: number): Place | undefined {
    const region = this.regions.find((one) => isWithin(userAddress - one.userAt, bytes, one))
    return region && { region, at: userAddress - region.userAt }
  }
}

/** Addresses above 2^53 are rounded, and remain outside of every region. */
function isWithin(offset: number, bytes: number, { bytes: { length } }: Region): boolean {
  return offset >= 0 && offset <= length && bytes <= length - offset
}
