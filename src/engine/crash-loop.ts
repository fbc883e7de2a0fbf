/**
 * Crash loop detection: the guest's init counts exits of the engine
 * (templates/guest/init/usr/bin/service-run).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../errors/desktop-error.ts'
import type { GuestAccess } from '../vm/agent/guest-access.ts'

type Guest = Pick<GuestAccess, 'guestExec' | 'guestReadFiles'>

export interface EngineEnds {
  /** Exits since the VM booted. */
  ends: number
  /** Consecutive exits within a minute of the start. */
  quick: number
  code: number
}

const endsFile = '/run/services/docker.ends'
const loopEnds = 3
const lookMs = 1_000

/** Reads `ENDS QUICK WHEN CODE`; zero if the file or the guest is missing. */
export async function readEnds(guest: Pick<Guest, 'guestReadFiles'>): Promise<EngineEnds> {
  const [reading] = await guest.guestReadFiles([endsFile]).catch(() => [])
  const text = reading?.state === 'present' ? reading.value : ''
  const [, ends = '0', quick = '0', code = '0'] = /^(\d+) (\d+) \S+ (\d+)/.exec(text) ?? []
  return { ends: Number(ends), quick: Number(quick), code: Number(code) }
}

/** Rejects with `engine/crash-loop` if dockerd keeps exiting after `before`, and when `signal` aborts. */
export async function crashLoop(
  guest: Guest,
  before: EngineEnds,
  signal: AbortSignal,
  everyMs: number = lookMs,
): Promise<never> {
  for (;;) {
    await sleep(everyMs, undefined, { signal })
    const { ends, quick, code } = await readEnds(guest)
    if (quick < loopEnds || ends <= before.ends) continue
    throw new DesktopError(
      'engine/crash-loop',
      `dockerd exited ${quick} times in a row, last with code ${code}: ${await lastComplaint(guest)}`,
      { hint: '`desktop logs docker` prints its whole log' },
    )
  }
}

export async function lastComplaint(guest: Pick<Guest, 'guestExec'>): Promise<string> {
  const { stdout } = await guest.guestExec(['tail', '-n', '3', '/var/log/docker.log'])
  return stdout.trim() || 'dockerd printed nothing'
}
