/** `desktop lock`: writes desktop.lock, which pins the packages of the guest. */
import { relative } from 'node:path'
import { readAnyMachine } from '../../apply/environment/environment.ts'
import { guestInputs } from '../../apply/plan/target.ts'
import type { Desired } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { newestLock } from '../../guest/build.ts'
import { findIntactImage } from '../../guest/built.ts'
import { refuseDowngrade } from '../../guest/debian/lock.ts'
import { buildRules, cachedLock, guestImageDigest } from '../../guest/digest.ts'
import { resolveExtension } from '../../guest/extension.ts'
import type { ComponentLock, LockedComponent } from '../../guest/image.ts'
import { lockText, notCovered, type PackageChange, packageChanges, parseLock } from '../../guest/lock-file.ts'
import { openStore } from '../../guest/oci/layout-store.ts'
import { pinContents } from '../../guest/pinned-content.ts'
import { renderGuest } from '../../guest/render.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { cachePaths } from '../../host/paths.ts'
import type { FileOptions } from '../arguments.ts'
import { catchInterrupts, unlessInterrupted } from '../interrupts.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  update?: true
  contents?: true
  check?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const { desired, lockFile: path } = await readAnyMachine(options)
  if (path === undefined)
    throw new DesktopError('config/lock', 'there is no desktop.yaml that desktop.lock could belong to')
  const before = await readIfExists(path)
  const old = before === undefined ? undefined : oldLock(before, path, options)
  const found = await wanted(old, options, output)
  const lock = found === undefined ? undefined : await withContents(found, old, options, desired)
  const text = lock === undefined ? before : lockText(lock, buildRules())
  const changes = packageChanges(partsOf(old), partsOf(lock))
  const same = lock !== undefined && text === before
  if (!same && options.check !== true && text !== undefined) await writeAtomic(path, text)
  const file = relative(process.cwd(), path)
  if (options.json) {
    output.write(
      `${JSON.stringify({ file: path, changed: !same, written: !same && !options.check, changes }, null, 2)}\n`,
    )
  } else {
    for (const change of old === undefined ? [] : changes) output.write(`${changeText(change)}\n`)
    output.say(same ? `${file} is up to date` : verdict(file, options, old, lock))
  }
  return options.check && !same ? exitCodes.changes : exitCodes.done
}

/** The docker client's packages are compared like those of a component. */
const partsOf = (lock: ComponentLock | undefined): LockedComponent[] =>
  lock === undefined ? [] : [...lock.components, { name: 'client', packages: lock.client ?? [] }]

/** Content digests are kept while the packages are the same; otherwise they would no longer match. */
async function withContents(
  found: ComponentLock,
  old: ComponentLock | undefined,
  { contents }: Options,
  desired: Desired,
): Promise<ComponentLock> {
  if (contents === undefined) {
    const kept = packageChanges(partsOf(old), partsOf(found)).length === 0 ? old?.contents : undefined
    return kept === undefined ? found : { ...found, contents: kept }
  }
  const cache = cachePaths()
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest))
  const digest = await guestImageDigest(guestInputs(rendered, found), cache)
  const image = digest === undefined ? undefined : await findIntactImage(cache, digest)
  if (image !== undefined) return await pinContents(found, image, openStore(cache.ociDir))
  throw new DesktopError(
    'config/lock',
    'the image of this file is not in the cache, so its content is unknown',
    {
      hint: 'run `desktop lock`, `desktop image build`, then `desktop lock --contents`',
    },
  )
}

/** An invalid file is replaced only by --update, which does not need its contents. */
function oldLock(text: string, path: string, { update, check }: Options): ComponentLock | undefined {
  try {
    return parseLock(text, path)
  } catch (error) {
    if (update && !check && error instanceof DesktopError && error.code === 'config/lock') return undefined
    throw error
  }
}

/** undefined: unknown without asking the mirror, which --check does not do. */
async function wanted(
  old: ComponentLock | undefined,
  { update, check }: Options,
  output: Output,
): Promise<ComponentLock | undefined> {
  const cache = cachePaths()
  if (!update) {
    if (old !== undefined && notCovered(old).length === 0) return old
    if (check) return undefined
    // The first lock pins the versions in use now.
    const used = old === undefined ? await cachedLock(cache) : undefined
    if (used !== undefined) return used
  }
  using interrupts = catchInterrupts(output)
  const onProgress = ({ message }: { message: string }): void => output.say(`  ${message}`)
  const newest = newestLock({ cache, onProgress, signal: interrupts.stop }, update ? undefined : old)
  const found = await unlessInterrupted(interrupts, newest)
  if (old !== undefined) refuseDowngrade(old, found)
  return found
}

const changeText = ({ name, from, to }: PackageChange): string => {
  if (from === undefined) return `  + ${name} ${to}`
  return to === undefined ? `  - ${name} ${from}` : `  ~ ${name} ${from} → ${to}`
}

function verdict(
  file: string,
  { update, check }: Options,
  old: ComponentLock | undefined,
  lock: ComponentLock | undefined,
): string {
  if (check) {
    const command = update ? 'desktop lock --update' : 'desktop lock'
    const why =
      old === undefined ? 'does not exist' : lock === undefined ? 'lacks packages' : 'is not up to date'
    return `${file} ${why}; \`${command}\` writes it`
  }
  const count = new Set(partsOf(lock).flatMap(({ packages }) => packages.map(({ name }) => name))).size
  return `wrote ${file} with ${count} packages; commit it; \`desktop plan\` shows the effect`
}
