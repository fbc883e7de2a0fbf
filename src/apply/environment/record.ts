/** Facts about an environment that cannot be observed: its identity and its file. */
import { randomUUID } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { parseVersioned } from '../../host/versioned.ts'

const format = 'desktop-environment/1'

export interface EnvironmentRecord {
  format: typeof format
  /** Random; constant for the life of the environment. */
  id: string
  name: string
  /**
   * Absolute path of the file given by the user: its folder owns the name. Absent in records of earlier
   * versions.
   */
  file?: string
  /** For a machine: the environment of its file. */
  cluster?: string
  /** For a machine applied from another host: see owner.ts. */
  owner?: string
  /** Absolute paths of all files of the last apply. */
  files: readonly string[]
  createdAt: string
  /** UUID of the data disk's file system, once the guest has created it. */
  diskUuid?: string
}

/** undefined before the first apply. An invalid record is an error, not a new environment. */
export async function readRecord(path: string): Promise<EnvironmentRecord | undefined> {
  const text = await readIfExists(path)
  if (text === undefined) return undefined
  try {
    const record = parseVersioned(path, text, format) as Partial<EnvironmentRecord>
    if (typeof record.id === 'string') return record as EnvironmentRecord
    throw new DesktopError('state/unreadable', `${path} has no id`)
  } catch (cause) {
    if (!(cause instanceof DesktopError) || cause.code !== 'state/unreadable') throw cause
    // Only a command with the name leaves the record unread.
    const hint = `repair it; if nobody needs the environment: desktop destroy ${basename(dirname(path))}`
    throw new DesktopError(cause.code, cause.message, { cause, hint })
  }
}

/** Preserves the identity of an existing environment; writes only changes. */
export async function writeRecord(
  path: string,
  known: EnvironmentRecord | undefined,
  about: Pick<EnvironmentRecord, 'name' | 'files'> &
    Record<'file' | 'diskUuid' | 'cluster' | 'owner', string | undefined>,
): Promise<EnvironmentRecord> {
  const { name, file, files, diskUuid, cluster, owner } = about
  const record: EnvironmentRecord = {
    format,
    id: known?.id ?? randomUUID(),
    name,
    ...(file === undefined ? {} : { file }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(owner === undefined ? {} : { owner }),
    files,
    createdAt: known?.createdAt ?? new Date().toISOString(),
    ...(diskUuid === undefined ? {} : { diskUuid }),
  }
  if (JSON.stringify(record) !== JSON.stringify(known)) {
    await writeAtomic(path, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  }
  return record
}
