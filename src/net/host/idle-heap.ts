/**
 * Returns the memory of a load to the system. V8 collects when it allocates, and malloc(3) keeps freed memory: an idle
 * process would keep the pages of its last burst, buffers and parsed replies included. One collection starts V8's memory
 * reducer, which frees the heap within 15 seconds, and malloc_trim(3) frees the rest.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { libcFunction } from './linux/libc.ts'

/** What a collection of some ten milliseconds is worth. */
const worthBytes = 16 * 1024 * 1024
/** Of one processor; above it the process is at work, and must not pause. */
const quietShare = 0.02
/** A light load that lasts is not interrupted more often. */
const betweenMs = 30_000
/** A continuous flood is interrupted once the heap has grown by this much for this long. */
const largeBytes = 4 * worthBytes
const longMs = 60_000

/** The process, as far as this needs to know it. */
export interface Process {
  /** In memory, of whatever kind. */
  residentBytes(): number
  cpuMs(): number
  nowMs(): number
  collect(): Promise<void>
}

export class IdleHeap {
  readonly #process: Process
  /** The size at rest: the smallest that was seen since the last collection. */
  #restBytes = Number.POSITIVE_INFINITY
  #collectedMs = Number.NEGATIVE_INFINITY
  #cpuMs: number
  #nowMs: number
  /** Since when it is larger than at rest by `largeBytes`. */
  #largeMs = Number.POSITIVE_INFINITY

  constructor(process: Process) {
    this.#process = process
    this.#cpuMs = process.cpuMs()
    this.#nowMs = process.nowMs()
  }

  /** Collects when the process has grown and is quiet. Gives whether to look again, a few seconds later. */
  look(): boolean {
    const residentBytes = this.#process.residentBytes()
    const isQuiet = this.#isQuiet()
    this.#restBytes = Math.min(this.#restBytes, residentBytes)
    const grownBytes = residentBytes - this.#restBytes
    if (grownBytes < largeBytes) this.#largeMs = Number.POSITIVE_INFINITY
    else this.#largeMs = Math.min(this.#largeMs, this.#nowMs)
    if (grownBytes < worthBytes) return false
    const isDue = isQuiet || this.#nowMs - this.#largeMs >= longMs
    if (!isDue || this.#nowMs - this.#collectedMs < betweenMs) return true
    this.#collectedMs = this.#nowMs
    this.#largeMs = Number.POSITIVE_INFINITY
    void this.#process.collect().then(() => {
      // What is left is in use.
      this.#restBytes = this.#process.residentBytes()
    })
    return true
  }

  /** Since the last look. */
  #isQuiet(): boolean {
    const cpuMs = this.#process.cpuMs()
    const nowMs = this.#process.nowMs()
    const share = (cpuMs - this.#cpuMs) / Math.max(1, nowMs - this.#nowMs)
    this.#cpuMs = cpuMs
    this.#nowMs = nowMs
    return share < quietShare
  }
}

type Collect = (options: { type: 'major'; execution: 'async' }) => Promise<void>
let collect: Collect | undefined
let isAsked = false

/** Between events; malloc(3) releases free memory too, where the C library can trim. */
export async function collectHeap(): Promise<void> {
  if (!isAsked) {
    isAsked = true
    setFlagsFromString('--expose-gc')
    // Undefined in a runtime that has no such flag; its heap stays as it is.
    collect = runInNewContext('globalThis.gc') as Collect | undefined
    setFlagsFromString('--no-expose-gc')
  }
  await collect?.({ type: 'major', execution: 'async' })
  mallocTrim?.(0)
}

/** Of glibc only. */
const mallocTrim = ((): ((keep: number) => number) | undefined => {
  try {
    return libcFunction('int malloc_trim(size_t keep)')
  } catch {
    return undefined
  }
})()

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Of this process: one for all forwarders. */
export const idleHeap: IdleHeap = new IdleHeap({
  residentBytes: () => process.memoryUsage.rss(),
  cpuMs,
  nowMs: () => performance.now(),
  collect: collectHeap,
})

const watchMs = 5_000

/** For loads that are no traffic, such as replies of a hostile engine. */
export function watchIdleHeap(): Disposable {
  const timer = setInterval(() => void idleHeap.look(), watchMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
