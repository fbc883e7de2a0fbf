/** Saves and loads a machine by QEMU's live migration to and from a file (QEMU docs/devel/migration). */
import { rm } from 'node:fs/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { ProcessIdentity } from '../../host/identity.ts'
import { until } from '../../host/until.ts'
import { dialQemu } from '../qemu/dial-qemu.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { type SavedState, type StateFiles, type StateSum, UnusableState } from './saved.ts'
import { feedState, receiveState } from './stream.ts'

/** The machine is stopped, so throttling has no benefit. */
const bytesPerSecond = 1e12
/** Flushes the guest's disk writes. */
const pauseMs = 60_000
const settleMs = 30_000

/** `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
export async function qemuVersion(qmp: Qmp): Promise<string> {
  const { qemu, package: packaged } = (await qmp.execute('query-version')) as {
    qemu: { major: number; minor: number; micro: number }
    package: string
  }
  return `${qemu.major}.${qemu.minor}.${qemu.micro} ${packaged}`.trim()
}

export interface StateParts {
  /** The guest's memory is in a file, and not in the state. */
  memoryApart?: boolean
}

/** Stops the guest and writes its state. On failure the guest continues. */
export async function saveState(
  qmp: Qmp,
  files: StateFiles,
  { memoryApart = false }: StateParts = {},
): Promise<StateSum> {
  try {
    if (memoryApart) await leaveOutMemory(qmp, true)
    await qmp.execute('stop', {}, pauseMs)
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': bytesPerSecond })
    const sum = await receiveState(files.socket, files.state, async () => {
      await qmp.execute('migrate', { uri: `unix:${files.socket}` })
    })
    await migrationEnd(qmp)
    return sum
  } catch (error) {
    await resumeCpu(qmp)
    throw error
  }
}

/** Resumes the guest after its state was written, completely or in part. */
export async function resumeCpu(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate_cancel').catch(() => {})
  const cancelled = async (): Promise<boolean> => !['cancelling', 'active'].includes(await migration(qmp))
  await until(cancelled, { deadlineMs: settleMs })
  await qmp.execute('cont')
}

/**
 * Loads a saved state into a waiting QEMU, and starts the guest. On failure, throws before the guest runs.
 * @param commit called immediately before the guest runs
 */
export async function loadState(
  { qmp, qemu }: { qmp: Qmp; qemu: ProcessIdentity },
  saved: SavedState,
  files: StateFiles,
  { commit, memoryApart = false }: StateParts & { commit: () => Promise<void> },
): Promise<void> {
  const version = await qemuVersion(qmp)
  if (version !== saved.qemuVersion)
    throw new UnusableState(`QEMU is ${version} now, it was ${saved.qemuVersion}`)
  await rm(files.socket, { force: true })
  if (memoryApart) await leaveOutMemory(qmp, true)
  await qmp.execute('migrate-incoming', { uri: `unix:${files.socket}` })
  const socket = await dialQemu(files.socket, qemu, { deadlineMs: settleMs })
  let sum: StateSum
  try {
    sum = await feedState(files.state, socket)
  } catch (error) {
    throw new UnusableState(`its state cannot be loaded: ${messageOf(error)}`)
  } finally {
    socket.destroySoon()
  }
  if (sum.bytes !== saved.state.bytes)
    throw new UnusableState(`its state has ${sum.bytes} of ${saved.state.bytes} bytes`)
  if (sum.crc32 !== saved.state.crc32) throw new UnusableState('its state is damaged')
  await migrationEnd(qmp).catch((error: unknown) => {
    throw error instanceof DesktopError ? new UnusableState(error.message) : error
  })
  // When the machine itself is saved, its state is complete.
  if (memoryApart) await leaveOutMemory(qmp, false)
  await commit()
  await qmp.execute('cont', {}, settleMs)
}

/** Memory in a file that is mapped shared is not part of the stream. */
async function leaveOutMemory(qmp: Qmp, state: boolean): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state }] })
}

async function migration(qmp: Qmp): Promise<string> {
  const { status } = (await qmp.execute('query-migrate')) as { status?: string }
  return status ?? 'none'
}

async function migrationEnd(qmp: Qmp): Promise<void> {
  const ended = async (): Promise<string | undefined> => {
    const status = await migration(qmp)
    return status === 'completed' || status === 'failed' || status === 'cancelled' ? status : undefined
  }
  const status = await until(ended, { deadlineMs: settleMs, intervalMs: 5 })
  if (status !== 'completed') throw new DesktopError('vm/qmp', `QEMU's migration ended with status ${status}`)
}
