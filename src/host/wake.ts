/** Tells when the host was asleep, or the process stopped: wall time jumped ahead of the monotonic clock. */
const intervalMs = 10_000
const jumpMs = 3_000

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
