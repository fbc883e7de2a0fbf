/** Flows in the order of their last use: the longest unused is found at once, and a use costs a few stores. */

/** The fields are the list's, but for `idleMs`. */
export interface Idling {
  lastUsedMs: number
  /** It expires after this long without use. */
  idleMs: number
  newer: Idling | undefined
  older: Idling | undefined
}

export class IdleList<T extends Idling> {
  #oldest: T | undefined
  #newest: T | undefined

  get oldest(): T | undefined {
    return this.#oldest
  }

  add(flow: T, nowMs: number): void {
    flow.lastUsedMs = nowMs
    flow.older = this.#newest
    flow.newer = undefined
    if (this.#newest === undefined) this.#oldest = flow
    else this.#newest.newer = flow
    this.#newest = flow
  }

  use(flow: T, nowMs: number): void {
    flow.lastUsedMs = nowMs
    if (flow === this.#newest) return
    this.remove(flow)
    this.add(flow, nowMs)
  }

  remove(flow: T): void {
    if (flow.older === undefined) this.#oldest = flow.newer as T | undefined
    else flow.older.newer = flow.newer
    if (flow.newer === undefined) this.#newest = flow.older as T | undefined
    else flow.newer.older = flow.older
    flow.older = undefined
    flow.newer = undefined
  }

  /** Calls `gone` for each that has been idle for long enough. */
  expire(nowMs: number, gone: (flow: T) => void): void {
    let flow = this.#oldest
    while (flow !== undefined) {
      const newer = flow.newer as T | undefined
      if (nowMs - flow.lastUsedMs >= flow.idleMs) gone(flow)
      flow = newer
    }
  }
}
