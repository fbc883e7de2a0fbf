/** What this host sends to another one about a machine. */
import { readFile } from 'node:fs/promises'
import { systemCode } from '../../errors/system.ts'
import type { Environment } from '../environment/environment.ts'
import { knownFiles } from '../environment/known-hosts.ts'
import { ownersOf } from '../environment/owner.ts'
import type { MachineRequest } from './protocol.ts'

export async function machineRequest(environment: Environment): Promise<MachineRequest> {
  const { desired, configHash, lockFile, signatures } = environment
  return {
    desired,
    configHash,
    owners: await ownersOf(environment, await knownFiles()),
    lock: lockFile === undefined ? null : await textOf(lockFile),
    signatures: signatures ?? null,
  }
}

async function textOf(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  })
}
