/** C library bindings by koffi. The only file of net/ that loads koffi and checks the platform. */
import koffi from 'koffi'

/** On other systems there are no bindings. */
export const isLinux: boolean = process.platform === 'linux'

const libc: ReturnType<typeof koffi.load> | undefined = isLinux ? koffi.load(null) : undefined

type LibcFunction = ReturnType<NonNullable<typeof libc>['func']>

/** Binds a function by its C declaration; undefined on systems other than Linux. Throws if this libc lacks it. */
export const libcFunction = (declaration: string): LibcFunction | undefined => libc?.func(declaration)

/** Defines a struct for declarations: members and their C types. */
export const libcStruct = (name: string, members: Readonly<Record<string, string>>): void => {
  koffi.struct(name, { ...members })
}

/** errno(3) of the last call. */
export const lastErrno = (): number => koffi.errno()

/** Address of an ArrayBuffer's bytes, constant for its lifetime. */
export const addressOf = (bytes: Uint8Array): number => Number(koffi.address(bytes))

/** The same as koffi's bigint. */
export const pointerTo = (bytes: Uint8Array): bigint => koffi.address(bytes)

/** Calls `look` on the process's event loop whenever the descriptor is readable. */
export const pollReadable = (fd: number, look: () => void): ReturnType<typeof koffi.node.poll> =>
  koffi.node.poll(fd, { readable: true }, look)
