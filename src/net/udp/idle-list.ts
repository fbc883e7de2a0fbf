/** Flows in order of last use: finds the least recently used in constant time, and a use costs a few stores. */

/** All fields except `idleMs` are private to the list. */
export interface Idling {
  lastUsedMs: number
  /** Idle timeout. */
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

  /** Calls `gone` for each flow whose idle timeout has passed. */
  expire(nowMs: number, gone: (flow: T) => void): void {
    let flow = this.#oldest
    while (flow !== undefined) {
      const newer = flow.newer as T | undefined
      if (nowMs - flow.lastUsedMs >= flow.idleMs) gone(flow)
      flow = newer
    }
  }
}
