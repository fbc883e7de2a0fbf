/**
 * OpenSSH's first cipher is chacha20-poly1305, also where both processors have AES instructions; AES-GCM carries a
 * multiple there. Only the order of ssh's own list changes, and only if the configuration of the user does not set one.
 */
import { readFile } from 'node:fs/promises'
import { run } from '../run.ts'
import { type SshTarget, targetArguments } from './target.ts'

const preferred = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']

/** Options of ssh(1) for a new connection; none if ssh is to choose. */
export async function cipherOptions(
  target: SshTarget,
  signal: AbortSignal,
  aes: Promise<boolean> = hasAes(),
): Promise<readonly string[]> {
  if (!(await aes)) return []
  const [configured, own] = await Promise.all([
    ciphersOf([], target, signal),
    ciphersOf(['-F', 'none'], target, signal),
  ])
  if (configured === undefined || configured !== own) return []
  const all = own.split(',')
  const first = preferred.filter((name) => all.includes(name))
  if (first.length === 0) return []
  return ['-o', `Ciphers=${[...first, ...all.filter((name) => !first.includes(name))].join(',')}`]
}

/** undefined: ssh cannot tell, and the login will report why. */
async function ciphersOf(
  file: readonly string[],
  target: SshTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  const argv = ['ssh', ...file, '-G', ...targetArguments(target)] as [string, ...string[]]
  const { stdout } = await run(argv, { signal }).catch(() => ({ stdout: '' }))
  return /^ciphers (\S+)$/m.exec(stdout)?.[1]
}

/** Without AES instructions, for example on a Raspberry Pi 4, chacha20-poly1305 is the faster one. */
async function hasAes(): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '')
  return /^(?:flags|Features)\s*:.*\saes(?:\s|$)/m.test(text)
}
