/** Serializes tasks: each one starts when all earlier ones have ended, whether they succeeded or failed. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => {})
    return result
  }

  /** Resolves when all tasks submitted so far have ended. */
  async settled(): Promise<void> {
    await this.#last
  }
}
