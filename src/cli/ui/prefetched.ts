/** A document requested in advance: a browser takes as long to start as a guest to respond. */

const maxAgeMs = 5_000

/** The first request uses the prefetched document unless it is too old; later requests fetch it again. */
export function prefetched<T>(
  ask: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  const begunMs = now()
  let first: Promise<T> | undefined = ask()
  // The consumer handles the failure.
  first.catch(() => {})
  return () => {
    const begun = first
    first = undefined
    return begun !== undefined && now() - begunMs < maxAgeMs ? begun : ask()
  }
}
