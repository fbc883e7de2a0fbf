/** `desktop signature verify FILE`: prints the key that signed it, or why no signature is valid. */
import { readEnvironment } from '../../apply/environment/environment.ts'
import { signatureRules } from '../../apply/plan/signatures.ts'
import { signedFile } from '../../apply/plan/signed-file.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { parsePublicKey } from '../../signatures/minisign.ts'
import { verifySignature } from '../../signatures/required.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  publicKey: readonly string[]
}

export async function run(options: Options, output: Output, path: string): Promise<number> {
  const trusted = await trustedKeys(options)
  const artefact = await signedFile(path)
  const key = verifySignature(trusted, artefact)
  const { kind } = artefact.statement
  if (options.json) output.write(`${JSON.stringify({ file: path, key, statement: artefact.statement })}\n`)
  else output.say(`${path}: ${kind} signed by the key ${key}, which ${trusted.from} lists`)
  return exitCodes.done
}

/** Without a key on the command line, uses the keys from all signature rules. */
async function trustedKeys(options: Options): Promise<{ keys: readonly string[]; from: string }> {
  const { publicKey } = options
  for (const key of publicKey) {
    if (parsePublicKey(key) === undefined) {
      throw new DesktopError('cli/usage', `"${key}" is not a public key of minisign`, {
        hint: 'copy the line that begins with RW',
      })
    }
  }
  if (publicKey.length > 0) return { keys: publicKey, from: '--public-key' }
  const rules = (await signatureRules((await readEnvironment(options)).signatures)).filter(
    ({ keys }) => keys.length > 0,
  )
  if (rules.length === 0)
    throw new DesktopError('cli/usage', 'no key is trusted', {
      hint: 'add signatures.keys to desktop.yaml, or name one with --public-key',
    })
  return { keys: rules.flatMap(({ keys }) => keys), from: rules.map(({ from }) => from).join(' or ') }
}
