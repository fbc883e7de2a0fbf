/**
 * The C library, bound by koffi: the only file outside of net/ that loads it. Commands that need no call of it import this
 * file only when they do: to map the native part of koffi takes a tenth of a plan.
 */
import koffi from 'koffi'

type Library = ReturnType<typeof koffi.load>
type LibcFunction = ReturnType<Library['func']>

let library: Library | undefined

/** By its C declaration. Throws where this system has no such function. */
export function libcFunction(declaration: string): LibcFunction {
  library ??= koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6')
  return library.func(declaration)
}

/** A struct for declarations: its members by their C types. */
export function libcStruct(name: string, members: Readonly<Record<string, string>>): void {
  koffi.struct(name, { ...members })
}

/** errno(3) of the last call. */
export const lastErrno = (): number => koffi.errno()

/** Calls `look` on the process's event loop whenever the descriptor is readable. */
export const pollReadable = (fd: number, look: () => void): ReturnType<typeof koffi.node.poll> =>
  koffi.node.poll(fd, { readable: true }, look)
