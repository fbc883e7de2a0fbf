/** The user's SSH agent, as forwarded to the VM. */
import { stat } from 'node:fs/promises'

export interface SshAgentState {
  /** Path of its socket on this host. */
  path: string
  /** Reason why it cannot be reached; absent if it can. */
  problem?: string
}

export async function sshAgentState(path: string | undefined): Promise<SshAgentState | undefined> {
  if (path === undefined) return undefined
  const found = await stat(path).catch(() => undefined)
  if (found?.isSocket() === true) return { path }
  return { path, problem: found === undefined ? 'nothing is there' : 'it is not a socket' }
}
