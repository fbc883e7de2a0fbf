/**
 * Updates daemon.json of a running dockerd: validates it in the guest, installs it, applies it by SIGHUP or
 * restart, then verifies it with `GET /info`. On failure, restores and reapplies the previous file.
 */
import { shownAs } from '../config/daemon/shown.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { until } from '../host/until.ts'
import type { GuestAccess } from '../vm/agent/guest-access.ts'
import type { EngineClient } from './client.ts'
import { crashLoop, lastComplaint, readEnds } from './crash-loop.ts'
import { askGraceSeconds } from './stop-grace.ts'

export const daemonJsonPath = '/run/config/docker/daemon.json'
/** CA certificates for dockerd: desired, and those loaded at its last start. */
export const trustedPath = '/run/config/docker/trusted.pem'
export const loadedTrustedPath = '/run/docker-trusted.pem'
const candidatePath = `${daemonJsonPath}.candidate`

export interface TakeOptions {
  text: string
  /** PEM; empty for none. Takes effect only on restart. */
  trusted: string
  how: 'reload' | 'restart'
  guest: GuestAccess
  engine: EngineClient
  /** Deadline for dockerd's restart. */
  restartMs: number
  /** Deadline for its reload event. */
  reloadMs?: number
  onStep?: (message: string) => void
}

const reloadDeadlineMs = 20_000

export async function takeDaemonJson(options: TakeOptions): Promise<void> {
  const { guest, text, trusted, onStep } = options
  onStep?.('validating daemon.json')
  await validate(guest, text)
  // A removed file reads as empty, as in dockerd.
  const [before, trustedBefore] = await Promise.all([
    textOrEmpty(guest, daemonJsonPath, '{}'),
    textOrEmpty(guest, trustedPath, ''),
  ])
  if (trusted !== trustedBefore) await guest.guestWriteFile(trustedPath, trusted)
  await guest.guestWriteFile(daemonJsonPath, text)
  try {
    await take(options)
  } catch (error) {
    onStep?.('restoring the last good daemon.json')
    await guest.guestWriteFile(daemonJsonPath, before)
    if (trusted !== trustedBefore) await guest.guestWriteFile(trustedPath, trustedBefore)
    const back = await take({ ...options, text: before }).then(
      () => 'the previous daemon.json is in use again',
      (failure) => `restoring the previous daemon.json failed too: ${messageOf(failure)}`,
    )
    throw new DesktopError('engine/reload-failed', `${messageOf(error)}; ${back}`, { cause: error })
  }
}

/** Rejects if the guest cannot report whether the file exists. */
async function textOrEmpty(guest: GuestAccess, path: string, empty: string): Promise<string> {
  const [reading] = await guest.guestReadFiles([path])
  if (reading?.state === 'unknown')
    throw new DesktopError('vm/agent', `${path} in the guest: ${reading.reason}`)
  return reading?.state === 'present' ? reading.value : empty
}

/** Validates with dockerd itself, the binary that will read the file. */
async function validate(guest: GuestAccess, text: string): Promise<void> {
  await guest.guestWriteFile(candidatePath, text)
  try {
    const argv = ['/usr/sbin/in-service', 'docker', 'dockerd', '--validate', '--config-file', candidatePath]
    const { exitCode, stdout, stderr } = await guest.guestExec(argv, { timeoutMs: 30_000 })
    if (exitCode !== 0) {
      throw new DesktopError('engine/config-rejected', `${stderr}${stdout}`.trim() || `exit ${exitCode}`)
    }
  } finally {
    await guest.guestExec(['/bin/rm', '-f', candidatePath])
  }
}

async function take(options: TakeOptions): Promise<void> {
  if (options.how === 'reload') await reload(options)
  else await restartEngine(options)
}

async function reload({
  guest,
  engine,
  onStep,
  text,
  reloadMs = reloadDeadlineMs,
}: TakeOptions): Promise<void> {
  onStep?.('reloading dockerd (SIGHUP)')
  const stop = new AbortController()
  try {
    const { promise: reloaded, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(resolve, reloadMs, false)
    const stream = engine.events({ type: ['daemon'], event: ['reload'] }, () => resolve(true), stop.signal)
    await stream.opened
    await signalDockerd(guest, 'HUP')
    const seen = await reloaded
    clearTimeout(timer)
    // On a rejected reload, dockerd writes to its log and sends no event.
    if (!seen)
      throw new DesktopError('engine/reload-failed', `no reload event: ${await lastComplaint(guest)}`)
  } finally {
    stop.abort()
  }
  await confirm(engine, text)
}

export async function restartEngine({
  guest,
  engine,
  onStep,
  text,
  restartMs,
}: Pick<TakeOptions, 'guest' | 'engine' | 'onStep' | 'text' | 'restartMs'>): Promise<void> {
  onStep?.('restarting dockerd')
  const [before, ends, graceSeconds] = await Promise.all([
    dockerdPid(guest),
    readEnds(guest),
    askGraceSeconds((argv, options) => guest.guestExec(argv, options)),
  ])
  // If dockerd is down because it rejected the previous file, the guest's init restarts it anyway.
  if (before !== '') await signalDockerd(guest, 'TERM')
  const over = new AbortController()
  // dockerd stops its containers before it exits.
  const deadlineMs = restartMs + graceSeconds * 1_000
  const waiting = { deadlineMs, intervalMs: 300, signal: over.signal }
  const up = async (): Promise<void> => {
    await until(async () => (await dockerdPid(guest)) !== before, waiting)
    await until(() => engine.ping(), waiting)
  }
  try {
    await Promise.race([up(), crashLoop(guest, ends, over.signal)])
  } catch {
    throw new DesktopError('engine/reload-failed', `dockerd did not start: ${await lastComplaint(guest)}`)
  } finally {
    over.abort()
  }
  await confirm(engine, text)
}

async function dockerdPid(guest: GuestAccess): Promise<string> {
  return (await guest.guestExec(['pidof', 'dockerd'])).stdout.trim()
}

async function signalDockerd(guest: GuestAccess, signal: 'HUP' | 'TERM'): Promise<void> {
  const { exitCode } = await guest.guestExec(['killall', `-${signal}`, 'dockerd'])
  if (exitCode !== 0) throw new DesktopError('engine/reload-failed', 'dockerd is not running in the guest')
}

/** Checks the keys that `GET /info` reports. */
async function confirm(engine: EngineClient, text: string): Promise<void> {
  const wanted = JSON.parse(text) as Record<string, unknown>
  const info = await engine.info()
  for (const [key, shown] of Object.entries(shownAs)) {
    // `GET /info` reports an empty label list as null.
    const value = info[shown] ?? (key === 'labels' ? [] : undefined)
    if (wanted[key] !== undefined && JSON.stringify(value) !== JSON.stringify(wanted[key]))
      throw new DesktopError('engine/reload-failed', `${key} still has its previous value`)
  }
}
