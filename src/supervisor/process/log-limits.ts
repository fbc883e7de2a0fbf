/**
 * Limits the log files of an environment. Their writers (QEMU, this process) append and keep the files open,
 * so a full file is copied aside and truncated in place. Even a guest that floods its console uses at most
 * about twice the limit.
 */
import { constants } from 'node:fs'
import { chmod, copyFile, stat, truncate } from 'node:fs/promises'
import { messageOf } from '../../errors/system.ts'
import type { Log } from './log.ts'

/** Limit per file; the previous file takes as much again. */
export const maxLogBytes: number = 16 * 2 ** 20
/** For slow growth; floods trigger a check themselves. */
const checkMs = 60_000

export const previousLog = (path: string): string => `${path}.1`

interface LimitOptions {
  paths: readonly string[]
  log: Log
  maxBytes?: number
}

export class LogLimits implements Disposable {
  readonly #options: Required<LimitOptions>
  readonly #timer: NodeJS.Timeout
  #checking: Promise<void> | undefined

  constructor(options: LimitOptions) {
    this.#options = { maxBytes: maxLogBytes, ...options }
    this.#timer = setInterval(() => void this.check(), checkMs).unref()
  }

  /** Joins a check in progress. */
  check(): Promise<void> {
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  async #checkAll(): Promise<void> {
    for (const path of this.#options.paths) await this.#limit(path)
  }

  async #limit(path: string): Promise<void> {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    )
    if (size <= this.#options.maxBytes) return
    try {
      // Shares blocks if the file system supports it; lines written during the copy are lost.
      await copyFile(path, previousLog(path), constants.COPYFILE_FICLONE)
      await chmod(previousLog(path), 0o600)
    } catch (error) {
      this.#options.log.warn({ path, error: messageOf(error) }, 'cannot keep the previous log')
    }
    await truncate(path, 0).catch((error: unknown) =>
      this.#options.log.warn({ path, error: messageOf(error) }, 'cannot truncate the log'),
    )
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
