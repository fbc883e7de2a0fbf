/**
 * Time of one reconcile by number of resources: port mappings, kernel parameters and DNS names, all new, and
 * all in sync. Linear means that the time per resource stays constant as n doubles.
 *
 *   node bench/reconcile.ts
 */
import type { Desired } from '../src/config/desired.ts'
import { present } from '../src/observation.ts'
import type { Observed } from '../src/observe/observed.ts'
import { reconcile } from '../src/reconcile/reconcile.ts'
import type { Target } from '../src/reconcile/target.ts'
import { inSyncWith } from '../test/support/reconcile/reality.ts'
import { aDesired, mapping, targetOf } from '../test/support/reconcile/world.ts'
import { writeResult } from './result.ts'

const rounds = 15
const counts = [2_500, 5_000, 10_000, 20_000, 40_000]

/** Half mappings, a quarter each of parameters and names. */
function desiredWith(resources: number): Desired {
  const quarter = resources / 4
  const keyed = (key: (i: number) => string, value: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: quarter }, (_, i) => [key(i), value]))
  return {
    ...aDesired,
    ports: Array.from({ length: 2 * quarter }, (_, i) => mapping(`m${i}`, 10_000 + i)),
    guest: { ...aDesired.guest, sysctl: keyed((i) => `net.test.key${i}`, '1') },
    dns: { ...aDesired.dns, hosts: keyed((i) => `host${i}.test`, '10.0.0.1') },
  }
}

/** In sync, including the host's view of its listeners. */
function listening(target: Target): Observed {
  const world = inSyncWith(target)
  const listeners = target.desired.ports.flatMap(({ listen, protocol }) =>
    listen.kind === 'inet' ? [{ ...listen, protocol }] : [],
  )
  return { ...world, host: { ...world.host, listeners: present(listeners) } }
}

/** In sync, except for one new mapping. */
const oneMore = (target: Target): Target => ({
  ...target,
  desired: { ...target.desired, ports: [...target.desired.ports, mapping('more', 9_000)] },
})

const worlds = counts.flatMap((resources) => {
  const target = targetOf(desiredWith(resources))
  return [
    { resources, world: 'all new', target, observed: inSyncWith(targetOf(aDesired)), times: [] as number[] },
    { resources, world: 'all in sync', target, observed: listening(target), times: [] as number[] },
    {
      resources,
      world: 'one new mapping',
      target: oneMore(target),
      observed: listening(target),
      times: [] as number[],
    },
  ]
})
// Alternate, so that load on the host affects all sizes alike.
for (let round = -2; round < rounds; round += 1) {
  for (const { target, observed, times } of worlds) {
    const began = performance.now()
    reconcile(target, observed)
    if (round >= 0) times.push(performance.now() - began)
  }
}

const figures = worlds.map(({ resources, world, times }) => {
  const sorted = times.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(rounds / 2)] ?? 0
  const figure = {
    world,
    resources,
    medianMs: Number(median.toFixed(2)),
    minMs: Number((sorted[0] ?? 0).toFixed(2)),
    microsecondsPerResource: Number(((median * 1000) / resources).toFixed(2)),
  }
  console.log(JSON.stringify(figure))
  return figure
})

await writeResult('reconcile', { rounds, figures })
