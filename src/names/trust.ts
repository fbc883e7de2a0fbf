/**
 * Adds the local CA to the host's trust stores, or removes it. Stores are independent: a failure in one does not affect
 * the others.
 */
import { readFile, rm } from 'node:fs/promises'
import { messageOf, systemCode } from '../errors/system.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { RunResult } from '../host/run.ts'
import type { Argv, TrustStore } from './trust-stores.ts'

export interface StoreOutcome {
  store: string
  state: 'trusted' | 'removed' | 'absent' | 'needs-root' | 'needs-program' | 'failed'
  /** Reason for a failure, the command for root, or the missing program. */
  detail?: string
}

export interface TrustHost {
  run: (argv: Argv) => Promise<RunResult>
  isRoot: boolean
}

/** @param certificate path of the certificate */
export async function trust(
  store: TrustStore,
  certificate: string,
  { run, isRoot }: TrustHost,
): Promise<StoreOutcome> {
  const pem = await readFile(certificate, 'utf8')
  if (await holds(store, pem, run)) return { store: store.name, state: 'trusted' }
  if (store.needsRoot && !isRoot) return needsRoot(store, `install -m 644 ${certificate} ${store.file}`)
  return await carryOut(store, 'trusted', store.install, run, async () => {
    if (store.file !== undefined) await writeAtomic(store.file, pem, { mode: 0o644 })
  })
}

export async function untrust(store: TrustStore, { run, isRoot }: TrustHost): Promise<StoreOutcome> {
  if (!(await holds(store, undefined, run))) return { store: store.name, state: 'absent' }
  if (store.needsRoot && !isRoot) return needsRoot(store, `rm ${store.file}`)
  return await carryOut(store, 'removed', store.remove, run, async () => {
    if (store.file !== undefined) await rm(store.file)
  })
}

/** @param pem undefined matches any of our CAs */
async function holds(
  { file, look }: TrustStore,
  pem: string | undefined,
  run: TrustHost['run'],
): Promise<boolean> {
  if (file !== undefined) {
    const there = await readIfExists(file)
    return pem === undefined ? there !== undefined : there === pem
  }
  if (look === undefined) return false
  try {
    const { code } = await run(look)
    // It may be an earlier CA with the same name, so it is added again.
    return code === 0 && pem === undefined
  } catch {
    return false
  }
}

const needsRoot = ({ name, install }: TrustStore, first: string): StoreOutcome => ({
  store: name,
  state: 'needs-root',
  detail: [first, ...install.map((argv) => argv.join(' '))].map((line) => `sudo ${line}`).join(' && '),
})

async function carryOut(
  { name, needs }: TrustStore,
  done: 'trusted' | 'removed',
  commands: readonly Argv[],
  run: TrustHost['run'],
  file: () => Promise<void>,
): Promise<StoreOutcome> {
  try {
    await file()
    for (const argv of commands) {
      const { code, stderr, stdout } = await run(argv)
      if (code !== 0)
        return {
          store: name,
          state: 'failed',
          detail: `${argv.join(' ')}: ${(stderr || stdout).trim() || `it ended with ${code}`}`,
        }
    }
    return { store: name, state: done }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { store: name, state: 'needs-program', detail: needs }
    return { store: name, state: 'failed', detail: messageOf(error) }
  }
}
