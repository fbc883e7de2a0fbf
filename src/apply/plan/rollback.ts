/** Rolls back to the configuration of an earlier generation. The user's files are never changed. */
import type { Desired, JsonValue, MachineIdentity } from '../../config/desired.ts'
import { configOf } from '../../config/load.ts'
import { readSmallFile } from '../../config/read/files.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { findImage } from '../../guest/built.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { cachePaths } from '../../host/paths.ts'
import { absent, observedValue } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'
import type { Environment } from '../environment/environment.ts'
import type { KnownEnvironment } from '../environment/find-environment.ts'
import { peerPlaces } from '../environment/peer-places.ts'
import {
  type Generation,
  generationNumbers,
  latestGeneration,
  readGeneration,
} from '../history/generation.ts'
import { findInstalled } from './target.ts'

/** Throws `history/no-generation` with the existing numbers. */
export async function requireGeneration(dir: string, number: number): Promise<Generation> {
  const generation = await readGeneration(dir, number)
  if (generation !== undefined) return generation
  const numbers = await generationNumbers(dir)
  const [first, last] = [numbers[0], numbers.at(-1)]
  const kept = first === undefined ? 'no generation exists yet' : `kept are ${first} to ${last}`
  throw new DesktopError('history/no-generation', `there is no generation ${number}; ${kept}`)
}

/**
 * The environment of that generation, ready for planning. Throws if it cannot be restored. Never shrinks the
 * disk.
 */
export async function environmentOf(
  { name, paths, record, current }: KnownEnvironment,
  generation: Generation,
): Promise<Environment> {
  const then = withCredentials(desiredOf(name, generation), current?.desired, generation.number)
  const desired = { ...then, vm: { ...then.vm, diskBytes: await diskBytes(paths.dataDisk, then) } }
  const kept = { generation: generation.number, config: generation.config, imageDigest: undefined }
  const environment: Environment = {
    desired,
    file: current?.file,
    files: current?.files ?? record?.files ?? [],
    configHash: generation.configHash,
    paths,
    record,
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
    lockFile: current?.lockFile,
    ...(await peersOf(current, paths.generationsDir)),
    // Current rules apply to older generations too.
    rules: current?.rules ?? [],
    signatures: current?.signatures,
    kept,
  }
  return { ...environment, kept: { ...kept, imageDigest: await imageFor(environment, generation) } }
}

/** What the rollback of a machine leaves as it is, with the steps that restore it. */
export function notRestored({ desired: { machine } }: Environment, generation: Generation): string[] {
  if (machine === undefined) return []
  const { number, stacks = {} } = generation
  const { name } = machine
  const changed = Object.entries(stacks).flatMap(([path, then]) => {
    const now = readSmallFile(path)
    return 'text' in now && maskCredentials(now.text) === then ? [] : [path]
  })
  return [
    `only ${name} was rolled back: other machines, swarm roles, node labels and stacks are unchanged`,
    ...changed.map(
      (path) =>
        `${path} is unchanged and differs from generation ${number}: \`desktop show ${number} --machine ${name}\` ` +
        'prints the earlier text; write it back, and deploy it with `desktop apply --only stack`',
    ),
  ]
}

/** Without a valid file, the machine keeps the peers of its last apply: a rollback does not take it off the switch. */
async function peersOf(
  current: Environment | undefined,
  generationsDir: string,
): Promise<Pick<Environment, 'peers'>> {
  if (current !== undefined) return current.peers === undefined ? {} : { peers: current.peers }
  const machine = (await latestGeneration(generationsDir))?.desired?.machine
  if (machine === undefined) return {}
  const here = await Promise.all(
    machine.peers.map(
      async ({ environment }) => [environment, await locateEnvironment(environment)] as const,
    ),
  )
  return { peers: peerPlaces(machine, new Map(here), await placesElsewhere(machine)) }
}

async function placesElsewhere({ peers }: MachineIdentity): Promise<Parameters<typeof peerPlaces>[2]> {
  const names = new Set(peers.flatMap(({ host }) => host ?? []))
  if (names.size === 0) return new Map()
  const { allKnownHosts, placesThere } = await import('../environment/known-hosts.ts')
  return await placesThere((await allKnownHosts()).filter(({ name }) => names.has(name)))
}

/** A disk that has grown keeps its size, because shrinking would replace it with an empty one. */
async function diskBytes(dataDisk: string, { vm }: Desired): Promise<number> {
  const disk = observedValue(await readDisk(dataDisk).catch(() => absent))
  return Math.max(vm.diskBytes, disk?.virtualBytes ?? 0)
}

/** Keys added by later versions get their defaults. */
function desiredOf(name: string, { desired, number }: Generation): Desired {
  if (desired === undefined) {
    throw new DesktopError(
      'history/rollback-impossible',
      `generation ${number} was recorded by a version of desktop that did not record the effective configuration`,
      { hint: `\`desktop show ${number}\` prints its files; write them back and apply` },
    )
  }
  const text = `apiVersion: desktop/v1\nname: ${name}\n`
  const defaults = configOf({ file: 'defaults', path: '/defaults', text, env: {} })
  const under = <T extends object>(fallback: T, kept: T): T => ({ ...fallback, ...kept })
  return {
    ...defaults,
    ...desired,
    vm: under(defaults.vm, desired.vm),
    network: under(defaults.network, desired.network),
    dns: under(defaults.dns, desired.dns),
    egress: under(defaults.egress, desired.egress),
    history: under(defaults.history, desired.history ?? {}),
    names: under(defaults.names, desired.names ?? {}),
    publish: under(defaults.publish, desired.publish),
    engine: under(defaults.engine, desired.engine),
    guest: under(defaults.guest, desired.guest),
  }
}

/** Generations contain no credentials; take them from the current file if it has the same URL. */
function withCredentials(kept: Desired, current: Desired | undefined, number: number): Desired {
  const missing: string[] = []
  const fill = (value: JsonValue, now: JsonValue | undefined, path: string): JsonValue => {
    if (typeof value === 'string') {
      if (!value.includes(masked)) return value
      if (typeof now === 'string' && maskCredentials(now) === value) return now
      missing.push(path)
      return value
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const other = now !== null && typeof now === 'object' && !Array.isArray(now) ? now : {}
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      fill(inner, other[key], `${path}.${key}`),
    ])
    return Object.fromEntries(entries) as JsonValue
  }
  const daemon = fill({ ...kept.engine.daemon }, { ...current?.engine.daemon }, 'engine.config')
  if (missing.length > 0) {
    throw new DesktopError(
      'history/rollback-impossible',
      `generation ${number} used credentials in ${missing.join(', ')}, which are never recorded`,
      {
        hint: 'add them to engine.proxies in desktop.yaml again, or apply an edited file instead',
      },
    )
  }
  return { ...kept, engine: { ...kept.engine, daemon: daemon as Desired['engine']['daemon'] } }
}

const masked = '//xxxxx:xxxxx@'

/** undefined if a build today yields the same image; otherwise the image must still be in the cache. */
async function imageFor(environment: Environment, generation: Generation): Promise<string | undefined> {
  const { imageDigest, number } = generation
  if (imageDigest === undefined) return undefined
  const { imageDigest: today } = await findInstalled(environment)
  if (today === imageDigest) return undefined
  if ((await findImage(cachePaths(), imageDigest)) !== undefined) return imageDigest
  throw new DesktopError(
    'history/image-missing',
    `generation ${number} ran the guest image ${imageDigest.replace('sha256:', '').slice(0, 12)}, which is no longer in the cache, and packages or desktop have changed since, so it cannot be rebuilt`,
  )
}
