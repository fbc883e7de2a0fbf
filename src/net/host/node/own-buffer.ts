/**
 * Reads into our own memory. Node allocates a new buffer of 64 KiB for each read of a socket; with the `onread`
 * option it reads into a given buffer, but only a new socket takes that option. So the connection of an existing
 * socket is handed to a new one, as Node itself does when it passes a socket to another process.
 */
import { type OnReadOpts, Socket } from 'node:net'

interface WithHandle {
  _handle: object | null
}

/** The socket to use instead of `given`, which is destroyed when it is; undefined: it has no connection to give. */
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
 * Makes a socket with `onread` read elsewhere than its last read said. Its handle keeps a few bytes for each call. False:
 * this Node has no such function.
 */
export function retarget(socket: Socket, place: Uint8Array): boolean {
  const handle = (socket as { _handle?: { useUserBuffer?: (place: Uint8Array) => void } | null })._handle
  if (typeof handle?.useUserBuffer !== 'function') return false
  handle.useUserBuffer(place)
  return true
}
