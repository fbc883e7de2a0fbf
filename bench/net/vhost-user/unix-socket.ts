/** Unix socket that receives file descriptors with its messages (unix(7), SCM_RIGHTS). */
import { addressOf, libcFunction } from '../../../src/net/host/linux/libc.ts'
import * as sockets from '../../../src/net/host/linux/sockets.ts'

const receiveMessage = libcFunction('long recvmsg(int fd, void *message, int flags)')!

const unixFamily = 1
const pathBytes = 108
/** MSG_CMSG_CLOEXEC. */
const closeOnExec = 0x4000_0000
/** MSG_CTRUNC: more descriptors than fit. */
const truncated = 8
const socketLevel = 1
const rightsType = 1
const cmsgHeaderBytes = 16
/** Linux's limit of one message. */
const mostFds = 253

export function listenUnix(path: string): number {
  const name = new Uint8Array(2 + pathBytes)
  name[0] = unixFamily
  name.set(new TextEncoder().encode(path), 2)
  const fd = sockets.openSocket(unixFamily, sockets.streamKind, 0)
  if (fd < 0 || sockets.bindSocket(fd, name, name.length) < 0 || sockets.listenSocket(fd, 1) < 0)
    throw new Error(`cannot listen on ${path}`)
  return fd
}

/** Receives into one buffer, with reused memory for the headers. */
export class MessageReceiver {
  readonly #message = new DataView(new ArrayBuffer(56))
  readonly #iovec = new DataView(new ArrayBuffer(16))
  readonly #control = new DataView(new ArrayBuffer(cmsgHeaderBytes + 4 * (mostFds + 1)))
  readonly #base: number

  /** @param bytes buffer to receive into */
  constructor(bytes: Uint8Array) {
    this.#base = addressOf(bytes)
    this.#point(this.#message, 16, addressOf(new Uint8Array(this.#iovec.buffer)))
    this.#message.setUint32(24, 1, true)
    this.#point(this.#message, 32, addressOf(new Uint8Array(this.#control.buffer)))
  }

  /** Number of bytes received, 0 at the end, negative if there are none now. Adds descriptors to `fds`. */
  receive(fd: number, at: number, most: number, fds: number[]): number {
    this.#point(this.#iovec, 0, this.#base + at)
    this.#iovec.setUint32(8, most, true)
    this.#message.setUint32(40, this.#control.byteLength, true)
    const bytes: number = receiveMessage(
      fd,
      new Uint8Array(this.#message.buffer),
      closeOnExec | sockets.ioFlags,
    )
    if (bytes < 0) return bytes
    this.#takeRights(fds)
    return (this.#message.getUint32(48, true) & truncated) === 0 ? bytes : 0
  }

  #takeRights(fds: number[]): void {
    const control = this.#control
    const end = this.#message.getUint32(40, true)
    for (let at = 0; at + cmsgHeaderBytes <= end; ) {
      const bytes = control.getUint32(at, true)
      const isRights =
        control.getUint32(at + 8, true) === socketLevel && control.getUint32(at + 12, true) === rightsType
      for (let i = at + cmsgHeaderBytes; isRights && i + 4 <= Math.min(at + bytes, end); i += 4)
        fds.push(control.getInt32(i, true))
      at += Math.max(cmsgHeaderBytes, (bytes + 7) & ~7)
    }
  }

  #point(view: DataView, at: number, address: number): void {
    view.setBigUint64(at, BigInt(address), true)
  }
}
