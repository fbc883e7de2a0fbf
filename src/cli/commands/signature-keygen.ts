/** `desktop signature keygen FILE`: generates a key pair for signing. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { explained, systemCode } from '../../errors/system.ts'
import { publicKeyText } from '../../signatures/minisign.ts'
import { newSecretKey } from '../../signatures/secret-key.ts'
import type { Output } from '../output.ts'

export async function run(options: { json?: true }, output: Output, path: string): Promise<number> {
  const { key, pem } = newSecretKey()
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw explained(error, path)
    throw new DesktopError('cli/usage', `${path} exists already`, { hint: 'name a file that does not exist' })
  }
  const publicKey = publicKeyText(key)
  if (options.json) output.write(`${JSON.stringify({ publicKey, id: key.id, secretKey: path })}\n`)
  else {
    output.say(`wrote the secret key to ${path}; keep it out of version control`)
    output.say('public key, for signatures.keys of desktop.yaml:')
    output.write(`${publicKey}\n`)
  }
  return exitCodes.done
}
