/** The C library, bound by koffi: the only file that loads it. Elsewhere than on Linux it has no functions. */
import koffi from 'koffi'

export const libc: ReturnType<typeof koffi.load> | undefined =
  process.platform === 'linux' ? koffi.load(null) : undefined

type LibcFunction = ReturnType<NonNullable<typeof libc>['func']>

/** By its C declaration; undefined elsewhere than on Linux. Throws when this libc has no such function. */
export const libcFunction = (declaration: string): LibcFunction | undefined => libc?.func(declaration)

/** errno(3) of the last call. */
export const lastErrno = (): number => koffi.errno()

/** Where bytes are, for as long as their buffer lives: it does not move. */
export const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes))

/** The same as koffi gives it. */
export const pointerTo = (bytes: Uint8Array): bigint => koffi.address(bytes)
