/**
 * Detects and corrects a wrong guest clock rate. The guest kernel calibrates the TSC against a timer at boot; under
 * emulation on a busy host it may keep a wrong frequency.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../host/until.ts'
import type { GuestAgent } from './agent/agent.ts'
import type { Machine } from './driver.ts'

/** One sample: the guest's uptime was `guestMs` at some time between the two host times. */
export interface ClockSample {
  beforeMs: number
  guestMs: number
  afterMs: number
}

/** An NTP client does not correct a larger error. */
const tolerance = 0.05
/** A sample takes about 10 ms, on a busy host 100 ms. */
const apartMs = 10_000
const waitMs = 300_000
/** Every read is a call into the emulator, so it is slow and always right. */
const sureSource = 'hpet'

export async function sampleClock(agent: Pick<GuestAgent, 'readFile'>): Promise<ClockSample> {
  const beforeMs = performance.now()
  const text = await agent.readFile('/proc/uptime')
  const guestMs = Number(text.split(' ')[0]) * 1000
  if (!(guestMs > 0)) throw new Error(`the guest has no uptime: ${text}`)
  return { beforeMs, guestMs, afterMs: performance.now() }
}

/** The rate, if two samples prove that it is wrong (the bound nearest to 1); undefined if it may be right. */
export function wrongRate(first: ClockSample, second: ClockSample): number | undefined {
  const passed = second.guestMs - first.guestMs
  const least = passed / (second.afterMs - first.beforeMs)
  const most = passed / Math.max(1, second.beforeMs - first.afterMs)
  if (least > 1 + tolerance) return least
  return most < 1 - tolerance ? most : undefined
}

/**
 * Checks a machine once it is up, and changes the clock source if the rate is wrong. Resolves with the measured rate,
 * or undefined if it was right. Rejects if the guest does not respond or `signal` aborts.
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
