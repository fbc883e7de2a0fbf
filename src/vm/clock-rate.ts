/**
 * How fast the guest's clock runs. Its kernel measures the processor's counter against a timer when it boots; emulated on a
 * host that has no time for it, it may find a wrong number and keep it, and its seconds are then no seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../host/until.ts'
import type { GuestAgent } from './agent/agent.ts'
import type { Machine } from './machine.ts'

/** One look: at some time between the two of the host the guest's clock stood at `guestMs` since its boot. */
export interface ClockSample {
  beforeMs: number
  guestMs: number
  afterMs: number
}

/** An NTP client does not correct a larger error. */
const tolerance = 0.05
/** A look takes some ten milliseconds, on a busy host a hundred. */
const apartMs = 10_000
const waitMs = 300_000
/** Read by a call of the emulator for each look at the time, and right always. */
const sureSource = 'hpet'

export async function sampleClock(agent: Pick<GuestAgent, 'readFile'>): Promise<ClockSample> {
  const beforeMs = performance.now()
  const text = await agent.readFile('/proc/uptime')
  const guestMs = Number(text.split(' ')[0]) * 1000
  if (!(guestMs > 0)) throw new Error(`the guest has no uptime: ${text}`)
  return { beforeMs, guestMs, afterMs: performance.now() }
}

/** The rate that two looks leave no doubt about being wrong, nearest to right; undefined when it may be right. */
export function wrongRate(first: ClockSample, second: ClockSample): number | undefined {
  const passed = second.guestMs - first.guestMs
  const least = passed / (second.afterMs - first.beforeMs)
  const most = passed / Math.max(1, second.beforeMs - first.afterMs)
  if (least > 1 + tolerance) return least
  return most < 1 - tolerance ? most : undefined
}

/**
 * Looks at a machine once it is up, and gives one whose clock is wrong another source. Resolves with the rate that was
 * found, or undefined when there was nothing to do. Rejects when the guest cannot be asked, or `signal` aborts.
 */
export async function correctClockRate(machine: Machine, signal: AbortSignal): Promise<number | undefined> {
  await until(async () => machine.agentUp, { deadlineMs: waitMs, intervalMs: 500, signal })
  const first = await sampleClock(machine.agent)
  await sleep(apartMs, undefined, { signal, ref: false })
  const rate = wrongRate(first, await sampleClock(machine.agent))
  if (rate === undefined) return undefined
  const path = '/sys/devices/system/clocksource/clocksource0/current_clocksource'
  const { exitCode, stderr } = await machine.agent.exec(['sh', '-c', 'echo "$0" >"$1"', sureSource, path])
  if (exitCode !== 0) throw new Error(stderr.trim())
  await machine.agent.setTime()
  return rate
}
