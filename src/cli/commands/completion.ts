/** `desktop completion SHELL`: prints a completion script for the shell to source. */
import { exitCodes } from '../../errors/exit-codes.ts'
import { completionScripts, type Shell } from '../completion/scripts.ts'
import type { Output } from '../output.ts'

export async function run(_options: object, output: Output, shell: Shell): Promise<number> {
  output.write(completionScripts[shell])
  return exitCodes.done
}
