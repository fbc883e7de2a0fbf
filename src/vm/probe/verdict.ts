/**
 * Cached verdict about an accelerator on this host: one file per host boot, QEMU binary, guest kernel and CPU model,
 * so that a change of any of them triggers a new probe.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { hostCpu } from '../../host/cpu.ts'
import { bootId } from '../../host/identity.ts'
import type { NativeAccelerator } from './native.ts'

const format = 'desktop-accelerator/2'

/** `run`: the guest kernel booted in the probe, but a VM failed later. */
export type Verdict =
  | { works: true; milliseconds: number }
  | { works: false; reason: string; found: 'probe' | 'run' }

interface VerdictFile {
  format: typeof format
  bootId: string
  accelerator: NativeAccelerator
  /** ISO 8601. */
  at: string
  verdict: Verdict
  /** ISO 8601; absent = valid until the host reboots. */
  expires?: string
}

/** Path of the cached verdict for this combination, in `dir`. */
export async function verdictPath(
  dir: string,
  accelerator: NativeAccelerator,
  { binary, kernelDigest }: { binary: string; kernelDigest: string },
): Promise<string> {
  const { mtimeMs, size } = await stat(binary)
  const about = [bootId(), accelerator, binary, size, mtimeMs, kernelDigest, hostCpu()]
  return join(dir, `${createHash('sha256').update(about.join('\0')).digest('hex').slice(0, 32)}.json`)
}

/** undefined if none can be read: the cache can be deleted at any time. */
export async function readVerdict(path: string): Promise<Verdict | undefined> {
  try {
    const kept = JSON.parse((await readIfExists(path)) ?? '{}') as Partial<VerdictFile>
    const isOld = kept.expires !== undefined && Date.parse(kept.expires) <= Date.now()
    return kept.format === format && kept.bootId === bootId() && !isOld ? kept.verdict : undefined
  } catch {
    return undefined
  }
}

/** Writes a verdict, and removes those of earlier host boots. */
export async function keepVerdict(
  path: string,
  accelerator: NativeAccelerator,
  verdict: Verdict,
  lifetimeMs?: number,
): Promise<void> {
  const dir = dirname(path)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const now = Date.now()
  const file: VerdictFile = {
    format,
    bootId: bootId(),
    accelerator,
    at: new Date(now).toISOString(),
    verdict,
    ...(lifetimeMs === undefined ? {} : { expires: new Date(now + lifetimeMs).toISOString() }),
  }
  await writeAtomic(path, `${JSON.stringify(file, null, 2)}\n`)
  for (const name of await readdir(dir)) {
    const other = join(dir, name)
    if (name.endsWith('.json') && other !== path && (await readVerdict(other)) === undefined)
      await rm(other, { force: true })
  }
}
