/** `desktop image import FILE`: an image that was exported elsewhere, checked byte by byte. */
import { exitCodes } from '../../errors.ts'
import { importGuest } from '../../guest/transfer.ts'
import { cachePaths } from '../../host/paths.ts'
import type { Output } from '../output.ts'

export async function run(options: { json?: true }, output: Output, path: string): Promise<number> {
  const { digest } = await importGuest(cachePaths(), path)
  if (options.json) output.write(`${JSON.stringify({ digest })}\n`)
  else output.say(`imported ${digest}`)
  return exitCodes.done
}
