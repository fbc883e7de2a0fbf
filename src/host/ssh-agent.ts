/** The SSH agent of this host's user, as the VM reaches it. */
import { stat } from 'node:fs/promises'

export interface SshAgentState {
  /** Of its socket on this host. */
  path: string
  /** Why connections to it would be refused; absent: it is there. */
  problem?: string
}

export async function sshAgentState(path: string | undefined): Promise<SshAgentState | undefined> {
  if (path === undefined) return undefined
  const found = await stat(path).catch(() => undefined)
  if (found?.isSocket() === true) return { path }
  return { path, problem: found === undefined ? 'nothing is there' : 'it is not a socket' }
}
