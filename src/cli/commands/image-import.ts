/** `desktop image import FILE`: imports an exported image and verifies every byte. */
import { signatureRules } from '../../apply/plan/signatures.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { importGuest } from '../../guest/transfer.ts'
import { cachePaths } from '../../host/paths.ts'
import { readSignature } from '../../signatures/signature-file.ts'
import type { Output } from '../output.ts'

export async function run(
  options: { json?: true; content?: string },
  output: Output,
  path: string,
): Promise<number> {
  const { digest, content } = await importGuest(cachePaths(), path, {
    content: options.content,
    signature: readSignature(path),
    signatures: await signatureRules(),
  })
  if (options.json) output.write(`${JSON.stringify({ digest, content })}\n`)
  else output.say(`imported ${digest}, content ${content}`)
  return exitCodes.done
}
