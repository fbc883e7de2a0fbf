/** `desktop history`: all recorded generations, newest first. */
import { findEnvironment } from '../../apply/environment/find-environment.ts'
import { generationNumbers, readGeneration } from '../../apply/history/generation.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { type FileOptions, wantsJson } from '../arguments.ts'
import type { Output } from '../output.ts'
import { historyDocument, historyView } from '../views/history.ts'

interface Options extends FileOptions {
  format?: 'text' | 'json'
}

export async function run(options: Options, output: Output): Promise<number> {
  const { name, paths } = await findEnvironment(options)
  const numbers = (await generationNumbers(paths.generationsDir)).reverse()
  const found = await Promise.all(numbers.map((number) => readGeneration(paths.generationsDir, number)))
  const document = historyDocument(
    name,
    found.filter((generation) => generation !== undefined),
  )
  output.write(wantsJson(options) ? `${JSON.stringify(document, null, 2)}\n` : historyView(document, output))
  return exitCodes.done
}
