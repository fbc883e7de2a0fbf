/** `desktop signature statement FILE`: prints the text that a signature of the file covers. */
import { statementOf } from '../../apply/plan/signed-file.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { statementText } from '../../signatures/statement.ts'
import type { Output } from '../output.ts'

export async function run(options: { json?: true }, output: Output, path: string): Promise<number> {
  const statement = await statementOf(path)
  output.write(options.json ? `${JSON.stringify(statement)}\n` : statementText(statement))
  return exitCodes.done
}
