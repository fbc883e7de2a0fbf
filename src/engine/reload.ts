/**
 * A new daemon.json for a running dockerd: validated in the guest before it is put in place, then taken by
 * SIGHUP or by a restart, then confirmed by what the engine says of itself. On any failure the file that was
 * there before is put back and taken again.
 */
import { DesktopError, messageOf } from '../errors.ts'
import { until } from '../host/until.ts'
import type { Control } from '../supervisor/api.ts'
import type { EngineClient } from './client.ts'

export const daemonJsonPath = '/run/config/docker/daemon.json'
/** What dockerd is to trust besides the public authorities, and what it did trust when it started last. */
export const trustedPath = '/run/config/docker/trusted.pem'
export const loadedTrustedPath = '/run/docker-trusted.pem'
const candidatePath = `${daemonJsonPath}.candidate`

/** What is needed of the guest. */
export type GuestAccess = Pick<Control, 'guestExec' | 'guestReadFile' | 'guestWriteFile'>

export interface TakeOptions {
  text: string
  /** PEM; empty = nothing. Only a restart takes it. */
  trusted: string
  how: 'reload' | 'restart'
  guest: GuestAccess
  engine: EngineClient
  /** How long dockerd may take to come up again. */
  restartMs: number
  /** How long until it tells that it has reloaded. */
  reloadMs?: number
  onStep?: (message: string) => void
}

const reloadDeadlineMs = 20_000

export async function takeDaemonJson(options: TakeOptions): Promise<void> {
  const { guest, text, trusted, onStep } = options
  onStep?.('validating daemon.json')
  await validate(guest, text)
  const before = await guest.guestReadFile(daemonJsonPath)
  const trustedBefore = await guest.guestReadFile(trustedPath).catch(() => '')
  if (trusted !== trustedBefore) await guest.guestWriteFile(trustedPath, trusted)
  await guest.guestWriteFile(daemonJsonPath, text)
  try {
    await take(options)
  } catch (error) {
    onStep?.('putting the last good daemon.json back')
    await guest.guestWriteFile(daemonJsonPath, before)
    if (trusted !== trustedBefore) await guest.guestWriteFile(trustedPath, trustedBefore)
    const back = await take({ ...options, text: before }).then(
      () => 'the daemon.json before it is in force again',
      (failure) => `putting the daemon.json before it back failed too: ${messageOf(failure)}`,
    )
    throw new DesktopError('engine/reload-failed', `${messageOf(error)}; ${back}`, { cause: error })
  }
}

/** dockerd's own check, by the very binary that will read the file. */
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
  else await restart(options)
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
    // dockerd logs what it refuses and sends no event.
    if (!seen)
      throw new DesktopError('engine/reload-failed', `no reload event: ${await lastComplaint(guest)}`)
  } finally {
    stop.abort()
  }
  await confirm(engine, text)
}

async function restart({ guest, engine, onStep, text, restartMs }: TakeOptions): Promise<void> {
  onStep?.('restarting dockerd')
  const before = await dockerdPid(guest)
  // One that does not run, because it refused the file before, is started again by the guest's init anyway.
  if (before !== '') await signalDockerd(guest, 'TERM')
  try {
    await until(async () => (await dockerdPid(guest)) !== before, {
      deadlineMs: restartMs,
      intervalMs: 300,
    })
    await until(() => engine.ping(), { deadlineMs: restartMs, intervalMs: 300 })
  } catch {
    throw new DesktopError('engine/reload-failed', `dockerd does not come up: ${await lastComplaint(guest)}`)
  }
  await confirm(engine, text)
}

async function dockerdPid(guest: GuestAccess): Promise<string> {
  return (await guest.guestExec(['pidof', 'dockerd'])).stdout.trim()
}

async function signalDockerd(guest: GuestAccess, signal: 'HUP' | 'TERM'): Promise<void> {
  const { exitCode } = await guest.guestExec(['killall', `-${signal}`, 'dockerd'])
  if (exitCode !== 0) throw new DesktopError('engine/reload-failed', 'dockerd does not run in the guest')
}

async function lastComplaint(guest: GuestAccess): Promise<string> {
  const { stdout } = await guest.guestExec(['tail', '-n', '3', '/var/log/docker.log'])
  return stdout.trim() || 'dockerd said nothing'
}

/** What `GET /info` shows of the keys that it shows. */
async function confirm(engine: EngineClient, text: string): Promise<void> {
  const wanted = JSON.parse(text) as Record<string, unknown>
  const info = await engine.info()
  const differs = (key: string, shown: unknown): boolean =>
    wanted[key] !== undefined && JSON.stringify(shown) !== JSON.stringify(wanted[key])
  if (differs('debug', info.Debug)) throw new DesktopError('engine/reload-failed', 'debug was not taken')
  if (differs('labels', info.Labels ?? []))
    throw new DesktopError('engine/reload-failed', 'labels were not taken')
  if (differs('live-restore', info.LiveRestoreEnabled)) {
    throw new DesktopError('engine/reload-failed', 'live-restore was not taken')
  }
}
