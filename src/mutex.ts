/** Work that must not overlap: each task begins when all before it have ended, however they did. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => {})
    return result
  }

  /** Until all tasks that were given so far have ended. */
  async settled(): Promise<void> {
    await this.#last
  }
}
