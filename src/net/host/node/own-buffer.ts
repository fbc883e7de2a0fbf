/**
 * Reads into our own buffer. Node allocates a new 64 KiB buffer for each read of a socket. With the `onread`
 * option it reads into a given buffer, but only new sockets accept that option. So the handle of an existing
 * socket is moved to a new one, as Node does when it passes a socket to another process.
 */
import { type OnReadOpts, Socket } from 'node:net'

interface WithHandle {
  _handle: object | null
}

/**
 * The socket to use instead of `given`; each is destroyed with the other. Undefined if `given` has no usable
 * handle.
 */
export function withOwnBuffer(given: Socket, onread: OnReadOpts): Socket | undefined {
  const shell = given as unknown as WithHandle
  const handle = shell._handle
  if (handle === null || handle === undefined || given.connecting || given.writableLength > 0)
    return undefined
  shell._handle = null
  const options = { handle, onread, allowHalfOpen: true }
  const socket = new Socket(options as object)
  socket.once('close', () => given.destroy())
  given.once('close', () => socket.destroy())
  return socket
}

/**
 * Sets the buffer for the next reads of a socket with `onread`. The handle retains a few bytes for each call.
 * Returns false if this Node has no such function.
 */
export function retarget(socket: Socket, place: Uint8Array): boolean {
  const handle = (socket as { _handle?: { useUserBuffer?: (place: Uint8Array) => void } | null })._handle
  if (typeof handle?.useUserBuffer !== 'function') return false
  handle.useUserBuffer(place)
  return true
}
