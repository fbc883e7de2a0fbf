/** What this host sends to another one about a machine. */
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { systemCode } from '../../errors/system.ts'
import type { Environment } from '../environment/environment.ts'
import type { MachineRequest } from './protocol.ts'

/** Owner of the machines of a file: two files never share a machine on another host. */
export const ownerOf = ({ file = '' }: Pick<Environment, 'file'>): string => `${hostname()}:${dirname(file)}`

export async function machineRequest(environment: Environment): Promise<MachineRequest> {
  const { desired, configHash, lockFile, signatures } = environment
  return {
    desired,
    configHash,
    owner: ownerOf(environment),
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
