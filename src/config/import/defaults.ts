/**
 * Defaults of the other tools. They differ from desktop's, so they are written out; defaults that depend on the tool's
 * version become a note.
 */
import { availableParallelism, homedir, totalmem } from 'node:os'
import type { JsonValue } from '../desired.ts'
import { hostAddress, mebibytes, takeShare } from './common.ts'
import { type Draft, take } from './draft.ts'
import { isMap, isSet, type Settings } from './source.ts'

export interface HostFacts {
  cpus: number
  memoryBytes: number
  home: string
  platform: NodeJS.Platform
}

export const thisHost = (): HostFacts => ({
  cpus: availableParallelism(),
  memoryBytes: totalmem(),
  home: homedir(),
  platform: process.platform,
})

const half = ({ memoryBytes }: HostFacts): number => Math.floor(memoryBytes / 2 ** 21)

/** An earlier file may have set it. */
const isTaken = ({ file }: Draft, [section = '', key]: readonly string[]): boolean => {
  const value = file[section]
  return key === undefined ? value !== undefined : isMap(value) && Object.hasOwn(value, key)
}

/** Imports the default of a key that the file does not set, with a comment. */
function takeDefault(
  draft: Draft,
  settings: Settings,
  from: string,
  key: readonly string[],
  value: JsonValue,
): void {
  if (!isSet(settings[from]) && !isTaken(draft, key)) take(draft, from, 'the default there', key, value)
}

function takeHostName(draft: Draft): void {
  take(
    draft,
    'host.lima.internal',
    'the host',
    ['network', 'dns', 'hosts', 'host.lima.internal'],
    hostAddress,
  )
}

/** With `base`, a template may set any of them. */
export function takeLimaDefaults(draft: Draft, settings: Settings, host: HostFacts): void {
  takeHostName(draft)
  if (isSet(settings.base)) return
  takeDefault(draft, settings, 'cpus', ['vm', 'cpus'], Math.min(4, host.cpus))
  takeDefault(draft, settings, 'memory', ['vm', 'memory'], mebibytes(Math.min(4096, half(host))))
  takeDefault(draft, settings, 'disk', ['vm', 'disk'], '100GiB')
}

export function takeColimaDefaults(draft: Draft, settings: Settings, host: HostFacts): void {
  takeHostName(draft)
  takeDefault(draft, settings, 'cpu', ['vm', 'cpus'], 2)
  takeDefault(draft, settings, 'memory', ['vm', 'memory'], '2GiB')
  takeDefault(draft, settings, 'disk', ['vm', 'disk'], '100GiB')
  if (isSet(settings.mounts) || isTaken(draft, ['shares'])) return
  const { home } = host
  takeShare(draft, 'mounts', 'the default there', { source: home, target: home, writable: true })
}

const sharedByDocker: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/Users', '/Volumes', '/private'],
  linux: ['/home'],
}

/** @param of looks up a setting by case-insensitive name */
export function takeDockerDesktopDefaults(
  draft: Draft,
  of: (name: string) => JsonValue | undefined,
  host: HostFacts,
): void {
  const isUnset = (name: string, key: string): boolean => !isSet(of(name)) && !isTaken(draft, ['vm', key])
  if (isUnset('cpus', 'cpus')) take(draft, 'cpus', 'the default there', ['vm', 'cpus'], host.cpus)
  if (isUnset('memoryMiB', 'memory')) {
    const value = mebibytes(Math.max(2048, half(host)))
    take(draft, 'memoryMiB', 'half of the host, the default there', ['vm', 'memory'], value)
  }
  if (isUnset('diskSizeMiB', 'disk'))
    draft.notes.push(
      'diskSizeMiB is not set; its default depends on the version of Docker Desktop. vm.disk is 20GiB and can grow.',
    )
  if (of('filesharingDirectories') !== undefined || isTaken(draft, ['shares'])) return
  for (const folder of sharedByDocker[host.platform] ?? [])
    takeShare(draft, 'filesharingDirectories', 'the default there', {
      source: folder,
      target: folder,
      writable: true,
    })
}
