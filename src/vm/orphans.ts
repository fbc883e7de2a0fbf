/** QEMUs of an environment that no supervisor knows: one died in the instant between start and record. */
import { readdir } from 'node:fs/promises'
import { awaitEnd } from '../host/end-process.ts'
import { commandLineOf, identityOf, type ProcessIdentity } from '../host/identity.ts'

/** Processes that listen on this QMP socket, told by their command line; Linux only. */
export async function findOrphans(qmpSocket: string): Promise<ProcessIdentity[]> {
  const entries = await readdir('/proc').catch(() => [])
  const found = await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const argv = await commandLineOf(Number(name))
        const isOurs =
          argv?.[0]?.includes('qemu') === true && argv.some((a) => a.includes(`path=${qmpSocket},`))
        return isOurs ? await identityOf(Number(name)) : undefined
      }),
  )
  return found.filter((identity) => identity !== undefined)
}

/** SIGTERM makes QEMU write back its disks and end; one that does not within 5 s is killed. */
export async function endOrphans(qmpSocket: string): Promise<number> {
  const orphans = await findOrphans(qmpSocket)
  await Promise.all(
    orphans.map(async (orphan) => {
      process.kill(orphan.pid, 'SIGTERM')
      await awaitEnd(orphan)
    }),
  )
  return orphans.length
}
