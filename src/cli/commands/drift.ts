/** `desktop drift`: where reality differs from the file. Observes, never writes. */
import { openEnvironment } from '../../apply/environment.ts'
import { assess } from '../../apply/situation.ts'
import { exitCodes } from '../../errors.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { driftDocument, driftView } from '../views/drift.ts'

interface Options extends FileOptions {
  exitCode?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const { document: plan } = await assess(await openEnvironment(options))
  const document = driftDocument(plan)
  output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : driftView(document, output))
  return options.exitCode && document.drifted ? exitCodes.changes : exitCodes.done
}
