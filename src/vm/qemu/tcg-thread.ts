/**
 * Number of host threads that emulate guest CPUs. Before 8.1, QEMU may translate an instruction while another thread
 * rewrites it, and keep the guest kernel's temporary breakpoint (static keys), which panics the guest
 * (docs/decisions/0171). A single thread cannot race.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { Program } from '../../host/program.ts'
import { run } from '../../host/run.ts'

/** Value of `-accel tcg,thread=`. */
export type TcgThread = 'single' | 'multi'

/** First release that locks a page while translating from it. */
const firstSafe = [8, 1] as const
const versionMs = 10_000

/** @param text of `qemu-system-… --version` */
export function qemuRelease(text: string): { version: string; major: number; minor: number } | undefined {
  const [, version, major, minor] = /version ((\d+)\.(\d+)[\w.]*)/.exec(text) ?? []
  return version === undefined ? undefined : { version, major: Number(major), minor: Number(minor) }
}

/** A QEMU of unknown release counts as old. */
export function tcgThreadOf(text: string): TcgThread {
  const release = qemuRelease(text)
  if (release === undefined) return 'single'
  const { major, minor } = release
  return major > firstSafe[0] || (major === firstSafe[0] && minor >= firstSafe[1]) ? 'multi' : 'single'
}

/** Checks each QEMU once; the result is cached in `dir`, keyed by path, size and mtime. */
export async function tcgThread({ file, command }: Program, dir: string): Promise<TcgThread> {
  const { size, mtimeMs } = await stat(file)
  const about = [file, size, mtimeMs].join('\0')
  const path = join(dir, `qemu-${createHash('sha256').update(about).digest('hex').slice(0, 32)}.version`)
  const kept = await readIfExists(path).catch(() => undefined)
  if (kept !== undefined) return tcgThreadOf(kept)
  const text = await versionText(command)
  // Without a writable cache, the query is repeated.
  if (text !== undefined) await writeAtomic(path, text).catch(() => {})
  return tcgThreadOf(text ?? '')
}

async function versionText(command: Program['command']): Promise<string | undefined> {
  try {
    const { code, stdout } = await run([...command, '--version'], { signal: AbortSignal.timeout(versionMs) })
    return code === 0 ? stdout : undefined
  } catch {
    return undefined
  }
}
