/**
 * A saved machine: a state file and a manifest with the conditions for resuming. Without the manifest there is no saved
 * machine; it is removed before the guest runs, so that a state is used only once.
 */
import { rm, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { NetworkSettings } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { readIfExists, syncDirectory } from '../../host/atomic-file.ts'
import { parseVersioned } from '../../host/versioned.ts'
import { absent, type Observation, present, unknown } from '../../observation.ts'
import type { VmSpec } from '../spec.ts'

const format = 'desktop-suspended/1'

/** A saved state from which no machine resumes: damaged, of another QEMU, or rejected by QEMU. */
export class UnusableState extends DesktopError {
  constructor(why: string) {
    super('vm/resume', why)
  }
}

/** File of a machine's state, and the socket that transfers it. */
export interface StateFiles {
  state: string
  socket: string
}

/** Guest values for desktop.yaml keys, recorded because a suspended guest cannot be queried. */
export interface SavedGuest {
  daemonJson: Observation<string>
  sysctl: Readonly<Record<string, Observation<string>>>
  /** Bytes; 0 = none. Absent in records of earlier versions. */
  swapBytes?: Observation<number>
  /** Emulated CPU architectures. Absent in records of earlier versions. */
  platforms?: Observation<readonly string[]>
}

/** Files of a saved machine. */
export interface SavedFiles extends StateFiles {
  manifest: string
}

/** Length and CRC-32 of a stream. */
export interface StateSum {
  bytes: number
  crc32: number
}

/** Conditions for loading the state. */
export interface SavedState {
  qemuVersion: string
  state: StateSum
}

/** Guest memory in a file apart from the state: size of the memory, and CRC-32 of its pages that are not zero. */
export interface MemorySum extends StateSum {
  /** Unique. */
  id: string
}

export interface SharedMemory extends MemorySum {
  file: string
}

/**
 * Detects writes to the disk by others, or its replacement. Numbers are strings, because JSON has no 64-bit integers.
 */
export interface DiskMark {
  inode: string
  bytes: string
  modifiedNs: string
}

export interface SavedMachine {
  format: typeof format
  /** ISO 8601. */
  savedAt: string
  spec: VmSpec
  /** QEMU's version with its package version: only the same build can load the state. */
  qemuVersion: string
  /** Host CPU model, visible to the guest unless emulated. */
  hostCpu: string
  state: StateSum
  disk: DiskMark
  network: NetworkSettings
  guest: SavedGuest
  /** Names of its running containers. */
  running: readonly string[]
}

export const savedFormat: typeof format = format

/** `unknown` for an unreadable manifest. */
export async function readSaved(manifest: string): Promise<Observation<SavedMachine>> {
  try {
    const text = await readIfExists(manifest)
    return text === undefined ? absent : present(parseVersioned(manifest, text, format) as SavedMachine)
  } catch (error) {
    return unknown(messageOf(error))
  }
}

/** Removes the manifest first, durably: after that, the state cannot be resumed again. */
export async function discardSaved({ manifest, state }: SavedFiles): Promise<void> {
  try {
    await unlink(manifest)
    await syncDirectory(dirname(manifest))
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  await rm(state, { force: true })
}

export async function markOf(dataDisk: string): Promise<DiskMark> {
  const { ino, size, mtimeNs } = await stat(dataDisk, { bigint: true })
  return { inode: String(ino), bytes: String(size), modifiedNs: String(mtimeNs) }
}

/** Start parameters for resuming the machine. */
export interface ResumeFacts {
  spec: Pick<VmSpec, 'accelerator' | 'hashes'>
  hostCpu: string
  disk: DiskMark
  network: NetworkSettings | undefined
}

/** Reason why the saved machine cannot be resumed; undefined if there is none. QEMU may still reject it later. */
export function obstacle(saved: SavedMachine, now: ResumeFacts): string | undefined {
  const { image, metadata, argv } = saved.spec.hashes
  if (image !== now.spec.hashes.image) return 'the guest image has changed'
  if (metadata !== now.spec.hashes.metadata) return "the guest's data has changed"
  if (argv !== now.spec.hashes.argv) return "QEMU's arguments have changed"
  if (JSON.stringify(saved.network) !== JSON.stringify(now.network)) return 'the network has changed'
  if (JSON.stringify(saved.disk) !== JSON.stringify(now.disk))
    return 'the data disk was changed since it was saved'
  // An emulated CPU is the same on every host.
  if (now.spec.accelerator !== 'tcg' && saved.hostCpu !== now.hostCpu)
    return `it was saved on another CPU (${saved.hostCpu})`
  return undefined
}
