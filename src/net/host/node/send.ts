/**
 * Sends without Node's streams. A write through a stream costs an object, a callback and a turn of the tick queue,
 * and needs the bytes unchanged until then, thus a copy; `send(2)` costs the system call. A remainder that the kernel
 * does not take at once goes through the stream, which then waits and reports errors as usual.
 */
import type { Socket } from 'node:net'
import { isLinux } from '../linux/libc.ts'
import { ioFlags, sendArray } from '../linux/sockets.ts'

/** Bytes that the kernel took of those from `start` to `end`; 0 when the stream must be asked, as elsewhere than on Linux. */
export function sendDirectly(socket: Socket, bytes: Uint8Array, start: number, end: number): number {
  const fd = isLinux ? fdForSending(socket) : -1
  if (fd < 0) return 0
  return Math.max(0, sendArray(fd, bytes.subarray(start, end), end - start, ioFlags))
}

/** The descriptor, which Node does not document; -1: it has none, or what was written before must go first. */
export function fdForSending(socket: Socket): number {
  if (socket.writableLength > 0 || socket.destroyed) return -1
  return (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1
}
