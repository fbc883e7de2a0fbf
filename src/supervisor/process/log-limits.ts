/**
 * Bounds of the log files of an environment. Their writers (QEMU, this process) append and keep them open, so that a
 * full one is copied aside and emptied in place; a guest that floods its console takes twice the bound on the disk.
 */
import { constants } from 'node:fs'
import { chmod, copyFile, stat, truncate } from 'node:fs/promises'
import { messageOf } from '../../errors/system.ts'
import type { Log } from './log.ts'

/** Of each file, and once more for the one before it. */
export const maxLogBytes: number = 16 * 2 ** 20
/** Floods are seen by who passes them on; this is for what trickles. */
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

  /** One check at a time. */
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
      // Shares blocks where the file system can; what is written in between is lost.
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
