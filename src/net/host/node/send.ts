/**
 * Sends without Node's streams. A stream write costs an object, a callback and a microtask, and needs a copy
 * because the bytes must not change until then; `send(2)` costs only the system call. Data that the kernel does
 * not accept immediately goes through the stream, which waits and reports errors as usual.
 */
import type { Socket } from 'node:net'
import { isLinux } from '../linux/libc.ts'
import { ioFlags, sendArray } from '../linux/sockets.ts'

/**
 * Returns the number of bytes between `start` and `end` that the kernel accepted; 0: use the stream. Always 0 on
 * systems other than Linux.
 */
export function sendDirectly(socket: Socket, bytes: Uint8Array, start: number, end: number): number {
  const fd = isLinux ? fdForSending(socket) : -1
  if (fd < 0) return 0
  return Math.max(0, sendArray(fd, bytes.subarray(start, end), end - start, ioFlags))
}

/** File descriptor, undocumented in Node; -1: there is none, or earlier writes are pending. */
export function fdForSending(socket: Socket): number {
  if (socket.writableLength > 0 || socket.destroyed) return -1
  return (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1
}
