/** `desktop diff N M`: compares two generations. */
import { findEnvironment } from '../../apply/environment/find-environment.ts'
import { compareGenerations } from '../../apply/history/compare.ts'
import { requireGeneration } from '../../apply/plan/rollback.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { type FileOptions, wantsJson } from '../arguments.ts'
import type { Output } from '../output.ts'
import { generationDiffView, generationDocument } from '../views/history.ts'

interface Options extends FileOptions {
  format?: 'text' | 'json'
}

export async function run(options: Options, output: Output, from: number, to: number): Promise<number> {
  const { generationsDir } = (await findEnvironment(options)).paths
  const [a, b] = [await requireGeneration(generationsDir, from), await requireGeneration(generationsDir, to)]
  const document = compareGenerations(generationDocument(a), generationDocument(b))
  output.write(
    wantsJson(options) ? `${JSON.stringify(document, null, 2)}\n` : generationDiffView(document, output),
  )
  return exitCodes.done
}
