/** A document that is begun before it is asked for: a browser takes as long to start as a guest to answer. */

const maxAgeMs = 5_000

/** The first request takes what was begun, unless it is too old; later ones ask again. */
export function prefetched<T>(
  ask: () => Promise<T>,
  now: () => number = () => performance.now(),
): () => Promise<T> {
  const begunMs = now()
  let first: Promise<T> | undefined = ask()
  // The consumer sees the failure.
  first.catch(() => {})
  return () => {
    const begun = first
    first = undefined
    return begun !== undefined && now() - begunMs < maxAgeMs ? begun : ask()
  }
}
