/** `desktop image prune`: removes unused entries from the cache. */
import { pruneImages } from '../../apply/images/images.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { Output } from '../output.ts'
import { prunedView } from '../views/images.ts'

export async function run(options: { json?: true; dryRun?: true }, output: Output): Promise<number> {
  const dryRun = options.dryRun === true
  const pruned = await pruneImages({ dryRun })
  output.write(
    options.json ? `${JSON.stringify({ dryRun, ...pruned }, null, 2)}\n` : prunedView(pruned, dryRun),
  )
  return exitCodes.done
}
