/** Causes of a guest image change: the packages that differ, with their lines in desktop.lock. */
import { relative } from 'node:path'
import { findImage } from '../../guest/built.ts'
import { cachedLock } from '../../guest/digest.ts'
import { type PackageChange, packageChanges, placeInLock } from '../../guest/lock-file.ts'
import { readIfExists } from '../../host/atomic-file.ts'
import { cachePaths } from '../../host/paths.ts'
import { observedValue } from '../../observation.ts'
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Plan } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import type { HostResources } from './target.ts'

/** Adds a cause for each changed package to the cause that names the images. */
export async function withPackages(
  plan: Plan,
  { lockFile }: Pick<Environment, 'lockFile'>,
  resources: HostResources,
  observed: Observed,
): Promise<Plan> {
  if (!plan.operations.some(({ causes }) => causes.some(isImage))) return plan
  const changes = await changesOf(resources, observed)
  if (changes.length === 0) return plan
  const text =
    resources.lock === undefined || lockFile === undefined ? undefined : await readIfExists(lockFile)
  const added = changes.map((change) => causeOf(change, lockFile, text))
  const operations = plan.operations.map((one) => {
    const at = one.causes.findIndex(isImage)
    return at < 0 ? one : { ...one, causes: one.causes.toSpliced(at + 1, 0, ...added) }
  })
  return { ...plan, operations }
}

const isImage = ({ path }: Cause): boolean => path === 'guest image'

async function changesOf({ image, lock }: HostResources, { vm }: Observed): Promise<PackageChange[]> {
  const running = observedValue(vm)?.vm
  if (running === undefined || !('hashes' in running)) return []
  const cache = cachePaths()
  const from = (await findImage(cache, running.hashes.image))?.components
  const to = image?.components ?? lock?.components ?? (await cachedLock(cache))?.components
  return from === undefined || to === undefined ? [] : packageChanges(from, to)
}

function causeOf({ name, from, to }: PackageChange, lockFile = '', text: string | undefined): Cause {
  const place = text === undefined ? undefined : placeInLock(text, name)
  const near = relative(process.cwd(), lockFile)
  const file = near.startsWith('..') ? lockFile : near
  return {
    path: `guest package ${name}`,
    from,
    to,
    ...(place === undefined ? {} : { at: { file, ...place } }),
  }
}
