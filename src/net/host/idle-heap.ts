/**
 * Returns memory to the system after a burst of load. V8 collects garbage on allocation only, and malloc(3) keeps
 * freed memory, so an idle process would keep the pages of its last burst, including buffers and parsed replies.
 * One collection starts V8's memory reducer, which shrinks the heap within 15 seconds; malloc_trim(3) frees the
 * rest.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { libcFunction } from './linux/libc.ts'

/** Minimum growth that justifies a collection of about ten milliseconds. */
const worthBytes = 16 * 1024 * 1024
/** Share of one CPU; above it, the process is busy and must not pause. */
const quietShare = 0.02
/** Minimum interval, so that a light continuous load is rarely interrupted. */
const betweenMs = 30_000
/** Under continuous load, collect once the heap was larger by this much for this long. */
const largeBytes = 4 * worthBytes
const longMs = 60_000

/** Process statistics, replaced in tests. */
export interface Process {
  /** Resident set size. */
  residentBytes(): number
  cpuMs(): number
  nowMs(): number
  collect(): Promise<void>
}

export class IdleHeap {
  readonly #process: Process
  /** Resident size when idle: the smallest since the last collection. */
  #restBytes = Number.POSITIVE_INFINITY
  #collectedMs = Number.NEGATIVE_INFINITY
  #cpuMs: number
  #nowMs: number
  /** Time since which the size exceeds the idle size by `largeBytes`. */
  #largeMs = Number.POSITIVE_INFINITY

  constructor(process: Process) {
    this.#process = process
    this.#cpuMs = process.cpuMs()
    this.#nowMs = process.nowMs()
  }

  /** Collects if the process has grown and is idle. Returns whether to check again some seconds later. */
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
      // The remaining memory is in use.
      this.#restBytes = this.#process.residentBytes()
    })
    return true
  }

  /** CPU usage since the last check. */
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

/** Call between events. Also releases free malloc(3) memory if the C library supports it. */
export async function collectHeap(): Promise<void> {
  if (!isAsked) {
    isAsked = true
    setFlagsFromString('--expose-gc')
    // Undefined in a runtime without this flag; the heap then keeps its size.
    collect = runInNewContext('globalThis.gc') as Collect | undefined
    setFlagsFromString('--no-expose-gc')
  }
  await collect?.({ type: 'major', execution: 'async' })
  mallocTrim?.(0)
}

/** glibc only. */
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

/** Shared by all forwarders of the process. */
export const idleHeap: IdleHeap = new IdleHeap({
  residentBytes: () => process.memoryUsage.rss(),
  cpuMs,
  nowMs: () => performance.now(),
  collect: collectHeap,
})

const watchMs = 5_000

/** For load other than traffic, such as replies of a hostile engine. */
export function watchIdleHeap(): Disposable {
  const timer = setInterval(() => void idleHeap.look(), watchMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
