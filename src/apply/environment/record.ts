/** Facts about an environment that cannot be observed: its identity and the file that describes it. */
import { randomUUID } from 'node:crypto'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { parseVersioned } from '../../host/versioned.ts'

const format = 'desktop-environment/1'

export interface EnvironmentRecord {
  format: typeof format
  /** Random, for the life of the environment. */
  id: string
  name: string
  /** The file that was given, by its absolute path: its folder claims the name. Absent in what earlier versions wrote. */
  file?: string
  /** Of a machine: the environment of its file. */
  cluster?: string
  /** Absolute paths of all files that it was last applied from. */
  files: readonly string[]
  createdAt: string
  /** Of the file system on the data disk, once the guest has made it. */
  diskUuid?: string
}

/** undefined = never applied. A record that cannot be understood is an error, not a new environment. */
export async function readRecord(path: string): Promise<EnvironmentRecord | undefined> {
  const text = await readIfExists(path)
  if (text === undefined) return undefined
  const record = parseVersioned(path, text, format) as Partial<EnvironmentRecord>
  if (typeof record.id !== 'string') throw new DesktopError('state/unreadable', `${path} has no id`)
  return record as EnvironmentRecord
}

/** Keeps the identity of an environment that exists; writes only what changed. */
export async function writeRecord(
  path: string,
  known: EnvironmentRecord | undefined,
  about: Pick<EnvironmentRecord, 'name' | 'files'> &
    Record<'file' | 'diskUuid' | 'cluster', string | undefined>,
): Promise<EnvironmentRecord> {
  const { name, file, files, diskUuid, cluster } = about
  const record: EnvironmentRecord = {
    format,
    id: known?.id ?? randomUUID(),
    name,
    ...(file === undefined ? {} : { file }),
    ...(cluster === undefined ? {} : { cluster }),
    files,
    createdAt: known?.createdAt ?? new Date().toISOString(),
    ...(diskUuid === undefined ? {} : { diskUuid }),
  }
  if (JSON.stringify(record) !== JSON.stringify(known)) {
    await writeAtomic(path, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  }
  return record
}
