/** `desktop shell`: a login shell in the VM. Unless stdin is a terminal, the shell reads its commands from stdin. */
import { openReachable } from '../../apply/environment/open-reachable.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { runTerminal } from '../terminal.ts'
import { run as exec } from './exec.ts'

export async function run(given: FileOptions, output: Output, machine?: string): Promise<number> {
  const options = machine === undefined ? given : { ...given, machine }
  if (!process.stdin.isTTY)
    return await exec({ ...options, tty: false, interactive: true, env: [] }, output, ['sh'])
  return await runTerminal((await openReachable(options)).paths, undefined)
}
