/**
 * Time that dockerd waits for containers when it stops: its shutdown-timeout, or the longest `--stop-timeout` of a
 * container plus five seconds. The guest script stop-grace implements the same rule.
 */

/** Cap for longer or unlimited (-1) timeouts. */
export const longestGraceSeconds = 3_600
/** Default of `docker run --stop-timeout`. */
export const defaultStopSeconds = 10
/** dockerd's default `shutdown-timeout`. */
export const defaultShutdownSeconds = 15
const dockerdMarginSeconds = 5

export function graceSeconds(shutdownSeconds: number, stopSeconds: number): number {
  const shutdown = shutdownSeconds < 0 ? longestGraceSeconds : shutdownSeconds
  const stop = stopSeconds < 0 ? longestGraceSeconds : stopSeconds + dockerdMarginSeconds
  return Math.min(longestGraceSeconds, Math.max(shutdown, stop))
}
