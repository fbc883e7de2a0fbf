/** Detects host sleep and clock changes: wall time jumps relative to the monotonic clock, which stops during sleep. */
const intervalMs = 2_000
const jumpMs = 1_000

export function onWake(callback: () => void): Disposable {
  let offset = Date.now() - performance.now()
  const timer = setInterval(() => {
    const now = Date.now() - performance.now()
    if (Math.abs(now - offset) > jumpMs) callback()
    offset = now
  }, intervalMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
