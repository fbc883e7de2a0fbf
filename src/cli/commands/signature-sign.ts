/** `desktop signature sign FILE`: writes FILE.minisig. */
import { statementOf } from '../../apply/plan/signed-file.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import { publicKeyText, signatureText } from '../../signatures/minisign.ts'
import { readSecretKey } from '../../signatures/secret-key.ts'
import { signaturePath } from '../../signatures/signature-file.ts'
import { statementText } from '../../signatures/statement.ts'
import type { Output } from '../output.ts'

export async function run(
  options: { json?: true; secretKey: string },
  output: Output,
  path: string,
): Promise<number> {
  const key = readSecretKey(options.secretKey)
  const statement = await statementOf(path)
  const file = signaturePath(path)
  await writeAtomic(file, signatureText(key, statementText(statement), `desktop ${statement.kind}`))
  const publicKey = publicKeyText(key)
  if (options.json) output.write(`${JSON.stringify({ file, statement, publicKey })}\n`)
  else output.say(`wrote ${file}, a signature of this ${statement.kind} by ${publicKey}`)
  return exitCodes.done
}
