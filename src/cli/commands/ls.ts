/** `desktop ls`: all environments of this user, or those whose file no longer exists. */
import { listEnvironments } from '../../apply/environment/list.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'
import { environmentsDocument, environmentsView } from '../views/environments.ts'

export async function run(options: { json?: true; allLost?: true }, output: Output): Promise<number> {
  const all = await listEnvironments()
  const document = environmentsDocument(options.allLost ? all.filter(({ lost }) => lost) : all)
  output.write(
    options.json ? `${JSON.stringify(document, null, 2)}\n` : environmentsView(document, new Date()),
  )
  return exitCodes.done
}
