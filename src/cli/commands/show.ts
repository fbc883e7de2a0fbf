/** `desktop show N`: the full record of one apply. */
import { findEnvironment } from '../../apply/environment/find-environment.ts'
import { requireGeneration } from '../../apply/plan/rollback.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { type FileOptions, wantsJson } from '../arguments.ts'
import type { Output } from '../output.ts'
import { generationDocument, generationView } from '../views/history.ts'

interface Options extends FileOptions {
  format?: 'text' | 'json'
}

export async function run(options: Options, output: Output, number: number): Promise<number> {
  const { paths } = await findEnvironment(options)
  const generation = generationDocument(await requireGeneration(paths.generationsDir, number))
  output.write(
    wantsJson(options) ? `${JSON.stringify(generation, null, 2)}\n` : generationView(generation, output),
  )
  return exitCodes.done
}
