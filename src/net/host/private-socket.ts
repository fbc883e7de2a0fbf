/** Unix sockets that only their user can open, from the moment at which their file appears. */
import type { Server } from 'node:net'

/** The socket file is made in the call; nobody else may open it, not even before a mode could be set. */
export function forUserOnly<T>(makeSocket: () => T): T {
  const before = process.umask(0o177)
  try {
    return makeSocket()
  } finally {
    process.umask(before)
  }
}

export function listenForUser(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    forUserOnly(() =>
      server.listen(path, () => {
        server.off('error', reject)
        // A failed accept (no descriptors) ends nothing.
        server.on('error', () => {})
        resolve()
      }),
    )
  })
}
