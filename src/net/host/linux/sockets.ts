/** Socket system calls without Node. Linux only; memory addresses are numbers, the cheapest form. */
import { isLinux, lastErrno, libcFunction } from './libc.ts'

type Call = (...args: (number | Uint8Array | Int32Array | null)[]) => number
const call = (declaration: string): Call =>
  libcFunction(declaration) ??
  (() => {
    throw new Error(`${declaration} is for Linux only`)
  })

export const openSocket: Call = call('int socket(int domain, int type, int protocol)')
export const connectSocket: Call = call('int connect(int fd, const void *name, uint32_t bytes)')
export const bindSocket: Call = call('int bind(int fd, const void *name, uint32_t bytes)')
export const listenSocket: Call = call('int listen(int fd, int backlog)')
export const acceptSocket: Call = call('int accept4(int fd, void *name, void *bytes, int flags)')
export const shutdownSocket: Call = call('int shutdown(int fd, int how)')
export const receiveBytes: Call = call('long recv(int fd, uintptr_t bytes, size_t most, int flags)')
export const sendBytes: Call = call('long send(int fd, uintptr_t bytes, size_t count, int flags)')
/** Like `sendBytes`, from a typed array. */
export const sendArray: Call = call('long send(int fd, const void *bytes, size_t count, int flags)')
export const closeFd: Call = call('int close(int fd)')
export const setOption: Call = call(
  'int setsockopt(int fd, int level, int name, const void *value, uint32_t bytes)',
)
const getOption = call('int getsockopt(int fd, int level, int name, void *value, void *bytes)')

/** SOCK_NONBLOCK, SOCK_CLOEXEC. */
export const newFlags: number = 0o4000 | 0o2000000
/** SOCK_STREAM, SOCK_DGRAM. */
export const streamKind: number = 1 | newFlags
export const datagramKind: number = 2 | newFlags
/** MSG_DONTWAIT and MSG_NOSIGNAL. */
export const ioFlags: number = 0x4040
export const howToShut = { write: 1 } as const

export const errno = {
  interrupted: 4,
  again: 11,
  tooManyInSystem: 23,
  tooManyFiles: 24,
  isConnected: 106,
  already: 114,
  inProgress: 115,
} as const

const level = { socket: 1, tcp: 6, ipv6: 41 } as const
const name = { reuseAddress: 2, error: 4, linger: 13, peerCredentials: 17, noDelay: 1, v6Only: 26 } as const
const one = Int32Array.of(1)
const zero = Int32Array.of(0)
/** struct linger: on, 0 seconds. */
const lingerNot = Int32Array.of(1, 0)
const value = new Int32Array(1)
const valueBytes = new Int32Array(1)

const set = (fd: number, at: number, option: number, to: Int32Array): void => {
  setOption(fd, at, option, to, to.byteLength)
}

export const setNoDelay = (fd: number): void => set(fd, level.tcp, name.noDelay, one)
export const setReuseAddress = (fd: number): void => set(fd, level.socket, name.reuseAddress, one)
/** Makes an IPv6 socket at `::` dual-stack, regardless of net.ipv6.bindv6only. */
export const setBothFamilies = (fd: number): void => set(fd, level.ipv6, name.v6Only, zero)
/** Makes `close` send a reset (tcp(7), SO_LINGER). */
export const setReset = (fd: number): void => set(fd, level.socket, name.linger, lingerNot)

/** Returns and clears the pending error of a socket; 0: none. */
export function takeError(fd: number): number {
  valueBytes[0] = value.byteLength
  return getOption(fd, level.socket, name.error, value, valueBytes) < 0 ? lastErrno() : value[0]!
}

/** Effective user of a unix socket's peer when it connected (SO_PEERCRED, struct ucred); undefined if unknown. */
export function peerUser(fd: number): number | undefined {
  if (!isLinux) return undefined
  const credentials = new Int32Array(3)
  const bytes = Int32Array.of(credentials.byteLength)
  return getOption(fd, level.socket, name.peerCredentials, credentials, bytes) < 0
    ? undefined
    : credentials[1]
}
