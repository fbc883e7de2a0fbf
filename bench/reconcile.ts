/**
 * Time of one reconcile by number of resources: none in sync, so that each mapping is an operation. Linear means
 * that the time for each resource stays the same.
 *
 *   node bench/reconcile.ts
 */
import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { reconcile } from '../src/reconcile/reconcile.ts'
import { aDesired, inSyncWith, mapping, targetOf } from '../test/reconcile/world.ts'

const rounds = 9
const observed = inSyncWith(targetOf(aDesired))

const figures = [1_000, 2_500, 5_000, 10_000, 20_000].map((resources) => {
  const ports = Array.from({ length: resources }, (_, i) => mapping(`m${i}`, 10_000 + i))
  const target = targetOf({ ...aDesired, ports })
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    reconcile(target, observed)
    return performance.now() - began
  }).sort((a, b) => a - b)
  const median = times[Math.floor(rounds / 2)] ?? 0
  const figure = {
    resources,
    medianMs: Number(median.toFixed(2)),
    minMs: Number((times[0] ?? 0).toFixed(2)),
    microsecondsPerResource: Number(((median * 1000) / resources).toFixed(2)),
  }
  console.log(figure)
  return figure
})

const result = {
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  rounds,
  figures,
}
const file = join(import.meta.dirname, 'results', 'reconcile.json')
await writeFile(file, `${JSON.stringify(result, null, 2)}\n`)
