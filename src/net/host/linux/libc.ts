/** The C library, bound by koffi: the only file of net/ that loads it, and that asks for the platform. */
import koffi from 'koffi'

/** Elsewhere the C library has no functions here. */
export const isLinux: boolean = process.platform === 'linux'

const libc: ReturnType<typeof koffi.load> | undefined = isLinux ? koffi.load(null) : undefined

type LibcFunction = ReturnType<NonNullable<typeof libc>['func']>

/** By its C declaration; undefined elsewhere than on Linux. Throws when this libc has no such function. */
export const libcFunction = (declaration: string): LibcFunction | undefined => libc?.func(declaration)

/** A struct for declarations: its members by their C types. */
export const libcStruct = (name: string, members: Readonly<Record<string, string>>): void => {
  koffi.struct(name, { ...members })
}

/** errno(3) of the last call. */
export const lastErrno = (): number => koffi.errno()

/** Where bytes are, for as long as their buffer lives: it does not move. */
export const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes))

/** The same as koffi gives it. */
export const pointerTo = (bytes: Uint8Array): bigint => koffi.address(bytes)

/** Wakes the event loop of the process, as `look`, whenever the descriptor can be read. */
export const pollReadable = (fd: number, look: () => void): ReturnType<typeof koffi.node.poll> =>
  koffi.node.poll(fd, { readable: true }, look)
