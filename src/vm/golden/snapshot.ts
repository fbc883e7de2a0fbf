/**
 * Golden snapshots in the cache, one directory per kind of VM: the machine's state, its memory if that is shared, the data
 * disk from the same instant, and `golden.json`, written last before all are renamed into place.
 */
import {
  constants,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { processStart } from '../../host/identity.ts'
import type { ParkedState } from '../driver.ts'
import type { StateSum } from '../suspend/saved.ts'

const format = 'desktop-golden/1'
/** Number of snapshots kept; each takes about 300 MB. */
const kept = 4

export interface GoldenSnapshot extends ParkedState {
  format: typeof format
  /** ISO 8601. */
  madeAt: string
  /** Digest of its guest image. */
  image: string
  /** Host CPU model, for VMs that are not emulated. */
  hostCpu: string
  /** Checksum of the data disk file. */
  disk: StateSum
}

export interface GoldenFiles {
  record: string
  state: string
  /** Only of snapshots whose memory is shared; sparse. */
  memory: string
  disk: string
}

export const goldenFiles = (dir: string): GoldenFiles => ({
  record: join(dir, 'golden.json'),
  state: join(dir, 'state'),
  memory: join(dir, 'memory'),
  disk: join(dir, 'data.qcow2'),
})

/** The snapshot in `dir`; undefined if absent or incomplete. Its state is verified when loaded. */
export async function readGolden(dir: string): Promise<GoldenSnapshot | undefined> {
  const files = goldenFiles(dir)
  const text = await readIfExists(files.record)
  if (text === undefined) return undefined
  try {
    const snapshot = JSON.parse(text) as GoldenSnapshot
    if (snapshot.format !== format) return undefined
    const { size } = await stat(files.state)
    const { memory } = snapshot
    if (memory !== undefined && (await stat(files.memory)).size !== memory.bytes) return undefined
    const whole = size === snapshot.state.bytes && same(await sumOf(files.disk), snapshot.disk)
    return whole ? snapshot : undefined
  } catch {
    // The cache can be deleted at any time, and a damaged snapshot counts as absent.
    return undefined
  }
}

/** The blank disk has only a few megabytes. */
async function sumOf(path: string): Promise<StateSum> {
  const bytes = await readFile(path)
  return { bytes: bytes.length, crc32: crc32(bytes) }
}

const same = (a: StateSum, b: StateSum): boolean => a.bytes === b.bytes && a.crc32 === b.crc32

const stagingName = /^\.making-(\d+)-/

/** Runs `fill` on a new directory; `publishGolden` turns it into a snapshot, otherwise it is removed. */
export async function stageGolden<T>(goldenDir: string, fill: (dir: string) => Promise<T>): Promise<T> {
  await mkdir(goldenDir, { recursive: true, mode: 0o700 })
  for (const name of await readdir(goldenDir)) {
    const pid = stagingName.exec(name)?.[1]
    if (pid !== undefined && (await processStart(Number(pid))) === undefined)
      await rm(join(goldenDir, name), { recursive: true, force: true })
  }
  const dir = join(goldenDir, `.making-${process.pid}-${crypto.randomUUID()}`)
  await mkdir(dir, { mode: 0o700 })
  try {
    return await fill(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** @param disk the data disk at the time when the state was saved */
export async function publishGolden(
  staged: string,
  dir: string,
  disk: string,
  about: Omit<GoldenSnapshot, 'format' | 'madeAt' | 'disk'>,
): Promise<void> {
  const files = goldenFiles(staged)
  await copyFile(disk, files.disk, constants.COPYFILE_FICLONE)
  const madeAt = new Date().toISOString()
  const snapshot: GoldenSnapshot = { format, madeAt, ...about, disk: await sumOf(files.disk) }
  await writeAtomic(files.record, `${JSON.stringify(snapshot, null, 2)}\n`, { mode: 0o600 })
  await rm(dir, { recursive: true, force: true })
  try {
    await rename(staged, dir)
  } catch (error) {
    // Another process created the same snapshot meanwhile.
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
  }
}

/** Replaces a blank data disk by a copy of the snapshot's, and records the use of the snapshot. */
export async function takeGoldenDisk(dir: string, dataDisk: string): Promise<void> {
  const temp = `${dataDisk}.new`
  try {
    await copyFile(goldenFiles(dir).disk, temp, constants.COPYFILE_FICLONE)
    await rename(temp, dataDisk)
  } finally {
    await rm(temp, { force: true })
  }
  await utimes(goldenFiles(dir).record, new Date(), new Date()).catch(() => {})
}

const failedOnce = (dir: string): string => join(dir, 'failed')

/** A start from the snapshot failed. One that fails again without a success in between is removed. */
export async function goldenFailed(dir: string): Promise<void> {
  try {
    await writeFile(failedOnce(dir), '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    // Without the snapshot there is nothing to remove.
    if (systemCode(error) !== 'ENOENT') await rm(dir, { recursive: true, force: true })
  }
}

export const goldenWorked = (dir: string): Promise<void> =>
  // The machine runs, whatever happens to the cache.
  rm(failedOnce(dir), { force: true }).catch(() => {})

export interface KeptGolden {
  key: string
  dir: string
  /** undefined = damaged. */
  image: string | undefined
  usedAt: Date
  bytes: number
}

/** Cached snapshots, most recently used first. */
export async function listGolden(goldenDir: string): Promise<KeptGolden[]> {
  const names = await readdir(goldenDir).catch(() => [])
  const found = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((key) => look(goldenDir, key)),
  )
  return found.sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime())
}

async function look(goldenDir: string, key: string): Promise<KeptGolden> {
  const dir = join(goldenDir, key)
  const files = goldenFiles(dir)
  const stats = await Promise.all(Object.values(files).map((file) => stat(file).catch(() => undefined)))
  const text = await readIfExists(files.record).catch(() => undefined)
  let image: string | undefined
  try {
    image = text === undefined ? undefined : (JSON.parse(text) as GoldenSnapshot).image
  } catch {
    image = undefined
  }
  const bytes = stats.reduce((sum, one) => sum + (one?.blocks ?? 0) * 512, 0)
  return { key, dir, image, usedAt: stats[0]?.mtime ?? new Date(0), bytes }
}

/** Removes all but the most recently used. */
export async function forgetOldGolden(goldenDir: string): Promise<void> {
  for (const { dir } of (await listGolden(goldenDir)).slice(kept))
    await rm(dir, { recursive: true, force: true })
}
