/** Unix sockets with mode 0600 from the moment their file is created. */
import type { Server } from 'node:net'

/**
 * Calls `makeSocket` with umask 0177, so that the socket file is never accessible to other users, not even before
 * a chmod.
 */
export function forUserOnly<T>(makeSocket: () => T): T {
  const before = process.umask(0o177)
  try {
    return makeSocket()
  } finally {
    process.umask(before)
  }
}

/** Node takes a name such as `.123` without a directory for a port. */
export function pathNotPort(path: string): string {
  return path.includes('/') ? path : `./${path}`
}

export function listenForUser(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    forUserOnly(() =>
      server.listen(pathNotPort(path), () => {
        server.off('error', reject)
        // A failed accept (no file descriptors) is not fatal.
        server.on('error', () => {})
        resolve()
      }),
    )
  })
}
