/** The data disk on the host, created by qemu-img and never shrunk. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { findProgram } from '../../host/packages.ts'
import { run } from '../../host/run.ts'
import { observedValue } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'

async function qemuImg(...args: string[]): Promise<void> {
  const binary = (await findProgram('qemu-img')) ?? 'qemu-img'
  const { code, stderr } = await run([binary, ...args])
  if (code !== 0) throw new DesktopError('disk/failed', `qemu-img ${args[0]}: ${stderr.trim()}`)
}

/** Creates a new, empty disk, replacing any existing one; under a temporary name until it is complete. */
export async function createDisk(path: string, bytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temp = `${path}.new`
  try {
    await qemuImg('create', '-q', '-f', 'qcow2', temp, String(bytes))
    await rename(temp, path)
  } finally {
    await rm(temp, { force: true })
  }
}

/** Creates the disk unless it exists. */
export async function ensureDisk(path: string, bytes: number): Promise<void> {
  try {
    await readDisk(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    await createDisk(path, bytes)
  }
}

/** Grows a disk that no QEMU has open. */
export async function growFile(path: string, bytes: number): Promise<void> {
  const size = observedValue(await readDisk(path))?.virtualBytes
  if (size === undefined || size >= bytes) return
  await qemuImg('resize', '-q', '-f', 'qcow2', path, String(bytes))
}
