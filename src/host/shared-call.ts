/** Deduplicates concurrent calls, e.g. host checks in the plan of many machines. */

/** Returns the pending result for the same key, if any; results are not cached after completion. */
export function sharedCall<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const pending = new Map<string, Promise<T>>()
  return (key, work) => {
    const known = pending.get(key)
    if (known !== undefined) return known
    const call = work().finally(() => pending.delete(key))
    pending.set(key, call)
    return call
  }
}
