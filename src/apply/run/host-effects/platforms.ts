/**
 * Effects on emulation of other CPUs: copy QEMU's emulators to the data disk and register them in the VM's
 * kernel.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Platform, platforms } from '../../../config/platforms.ts'
import { DesktopError } from '../../../errors/desktop-error.ts'
import { platformList, platformsDir, registration } from '../../../guest/binfmt.ts'
import { cachePaths } from '../../../host/paths.ts'
import type { OnProgress } from '../../../progress.ts'
import type { GuestAccess } from '../../../vm/agent/guest-access.ts'
import type { Effects } from '../effects.ts'

/** Size of a request to the guest agent, which buffers it several times. */
const pieceBytes = 512 * 1024

type Guest = Pick<GuestAccess, 'guestExec' | 'guestWriteFile'>

export function platformEffects(
  guest: Guest,
  { kill, offline }: { kill: AbortSignal; offline: boolean },
): Pick<Effects, 'setPlatforms'> {
  return {
    setPlatforms: async (wanted, onProgress) => {
      const lines: string[] = []
      if (wanted.length > 0) {
        const { emulators } = await import('../../../guest/debian/emulators.ts')
        const names = wanted.map((platform) => platforms[platform].qemu)
        const found = await emulators(names, { cache: cachePaths(), offline, onProgress, signal: kill })
        for (const [i, path] of found.entries()) lines.push(await placed(guest, wanted[i]!, path, onProgress))
      }
      await guest.guestWriteFile(platformList, lines.map((line) => `${line}\n`).join(''))
      await run(guest, ['/usr/sbin/set-platforms', ...wanted])
    },
  }
}

/** Copies the emulator to the data disk unless it exists, and returns its binfmt_misc line. */
async function placed(
  guest: Guest,
  platform: Platform,
  path: string,
  onProgress: OnProgress,
): Promise<string> {
  const bytes = await readFile(path)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const target = `${platformsDir}/qemu-${platforms[platform].qemu}-${digest.slice(0, 16)}`
  const there = await guest.guestExec(['test', '-x', target])
  if (there.exitCode !== 0) {
    onProgress({ step: 'platforms', message: `copying the emulator of ${platform}` })
    await copy(guest, bytes, target, digest)
  }
  return registration(platform, target)
}

/** Copies in compressed chunks; renames only when complete and verified. */
async function copy(guest: Guest, bytes: Buffer, target: string, digest: string): Promise<void> {
  const packed = await promisify(gzip)(bytes)
  const partial = `${target}.gz`
  await run(guest, ['sh', '-c', 'mkdir -p "$1" && rm -f "$2"', 'sh', platformsDir, partial])
  for (let at = 0; at < packed.length; at += pieceBytes) {
    const stdin = packed.subarray(at, at + pieceBytes).toString('base64')
    await run(guest, ['sh', '-c', 'cat >>"$1"', 'sh', partial], { stdin, encoding: 'base64' })
  }
  const script = `set -e
gunzip -c "$1" >"$2.new"
rm "$1"
echo "$3  $2.new" | sha256sum -c >/dev/null
chmod 755 "$2.new"
sync "$2.new"
mv "$2.new" "$2"`
  await run(guest, ['sh', '-c', script, 'sh', partial, target, digest])
}

async function run(guest: Guest, ...args: Parameters<Guest['guestExec']>): Promise<void> {
  const { exitCode, stderr } = await guest.guestExec(...args)
  if (exitCode === 0) return
  const said = args[1]?.encoding === 'base64' ? Buffer.from(stderr, 'base64').toString('utf8') : stderr
  throw new DesktopError('guest/platform', said.trim() || `${args[0][0]} exited with ${exitCode}`)
}
