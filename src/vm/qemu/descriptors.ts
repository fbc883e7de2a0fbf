/** File descriptors that QEMU, and the programs that confine it, inherit beyond the standard ones. */

/** A line on it says that the confinement is complete. */
export const readyFd = 3
/** Memory of a golden snapshot; QEMU opens it by `memoryPath`. */
export const memoryFd = 4

export const memoryPath: string = `/dev/fd/${memoryFd}`
