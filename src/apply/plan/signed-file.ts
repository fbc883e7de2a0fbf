/** The statement to sign for a file on disk: an exported image, a bundle or a saved plan. */
import { open } from 'node:fs/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { explained, systemCode } from '../../errors/system.ts'
import { archiveStatement } from '../../guest/transfer.ts'
import { cachePaths } from '../../host/paths.ts'
import type { Artefact } from '../../signatures/required.ts'
import { readSignature } from '../../signatures/signature-file.ts'
import type { Statement } from '../../signatures/statement.ts'
import { readSavedPlan } from './saved-plan.ts'

/** Throws if the file is of another type or truncated. */
export async function statementOf(path: string): Promise<Statement> {
  if (await looksLikeJson(path)) return (await readSavedPlan(path)).artefact.statement
  return await archiveStatement(cachePaths(), path)
}

export const signedFile = async (path: string): Promise<Artefact> => ({
  name: path,
  signature: readSignature(path),
  statement: await statementOf(path),
})

/** A tar file begins with the name of its first entry. */
async function looksLikeJson(path: string): Promise<boolean> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw explained(error, path)
    throw new DesktopError('cli/usage', `${path}: no such file`, {
      hint: 'pass an exported image, a bundle or a saved plan',
    })
  })
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0)
  return bytesRead === 1 && buffer.toString('latin1') === '{'
}
