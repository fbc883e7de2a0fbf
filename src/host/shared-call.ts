/** One call for all who ask for the same at the same time, as the plan of many machines does of their host. */

/** Gives what `work` of a call with the same key gives that is still under way; nothing is kept once it has ended. */
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
