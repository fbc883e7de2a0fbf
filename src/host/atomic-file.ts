/**
 * Atomic file replacement: a reader, or a crash at any time, sees either the complete old file or the complete new one.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { explained, systemCode } from '../errors/system.ts'
import { processStart } from './identity.ts'

interface WriteOptions {
  mode?: number
}

/** Temp file in the same directory, write, fsync, close, rename, fsync of the directory. */
export async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  try {
    await replace(path, content, options)
  } catch (error) {
    throw explained(error, path)
  }
}

async function replace(path: string, content: string | Uint8Array, options: WriteOptions): Promise<void> {
  const dir = dirname(path)
  await mkdir(dir, { recursive: true })
  const temp = join(dir, `.${basename(path)}.${process.pid}.tmp`)
  let file: FileHandle | undefined
  try {
    file = await open(temp, 'w', options.mode ?? 0o644)
    await file.writeFile(content)
    await file.sync()
    await file.close()
    file = undefined
    await rename(temp, path)
  } catch (error) {
    await file?.close().catch(() => {})
    await rm(temp, { force: true }).catch(() => {})
    throw error
  }
  await syncDirectory(dir)
}

/** A rename is durable only once its directory is synced; file systems that do not support this are fine. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EISDIR'].includes(systemCode(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

const tempName = /^\..+\.(\d+)\.tmp$/

/**
 * Removes temporary files of processes that were killed while writing to this directory. Call before this process
 * writes there.
 */
export async function sweepTemps(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const pid = tempName.exec(name)?.[1]
    if (pid === undefined) continue
    const writes = Number(pid) !== process.pid && (await processStart(Number(pid))) !== undefined
    if (!writes) await rm(join(dir, name), { force: true })
  }
}

/** The file's text; undefined if it does not exist. Throws on any other failure: unreadable is not empty. */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    // Node's error has no path, because the read fails, not the open.
    if (code === 'EISDIR')
      throw new DesktopError('state/unreadable', `${path} is a directory, not a file`, { cause: error })
    throw error
  }
}
