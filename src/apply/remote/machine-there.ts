/** On the host of a machine: the environment that another host's file describes. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { hypervisorPackages } from '../../guest/debian/hypervisor.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { installHint } from '../../host/package-manager.ts'
import { mayInstallPackages } from '../../host/packages.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import type { Note } from '../../reconcile/plan.ts'
import { claimingFile } from '../environment/claim.ts'
import type { Environment } from '../environment/environment.ts'
import { isOwnedBy } from '../environment/owner.ts'
import { peerPlaces } from '../environment/peer-places.ts'
import { type EnvironmentRecord, readRecord } from '../environment/record.ts'
import type { Assessment } from '../plan/assess.ts'
import type { MachineRequest } from './protocol.ts'

/** Rejects a name that would lead out of the state directory. */
export async function placeOf(name: string): Promise<EnvironmentPaths> {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) throw new Error(`"${name}" is not the name of an environment`)
  return await locateEnvironment(name)
}

/**
 * Temporary files of a session: the lock file that pins the packages of the guest image. Each content is written once
 * and never changes, because other requests read it. Synchronous, because the session may end at any time.
 */
export class ScratchDir implements Disposable {
  #dir: string | undefined
  readonly #written = new Map<string, string>()

  /** Returns the path. */
  write(name: string, text: string): string {
    const key = `${name}\n${text}`
    const found = this.#written.get(key)
    if (found !== undefined) return found
    const own = this.path(String(this.#written.size))
    mkdirSync(own, { mode: 0o700 })
    const path = join(own, name)
    writeFileSync(path, text, { mode: 0o600 })
    this.#written.set(key, path)
    return path
  }

  /** For a file or socket that is not there yet. */
  path(name: string): string {
    this.#dir ??= mkdtempSync(join(tmpdir(), 'desktop-host-'))
    return join(this.#dir, name)
  }

  [Symbol.dispose](): void {
    if (this.#dir !== undefined) rmSync(this.#dir, { recursive: true, force: true })
  }
}

/** Throws `state/name-claimed` if the environment belongs to a file of this host, or to another owner. */
export async function environmentThere(request: MachineRequest, scratch: ScratchDir): Promise<Environment> {
  const { desired, configHash, owners, lock, signatures } = request
  const { name, machine } = desired
  const paths = await placeOf(name)
  const record = await ownRecord(name, paths, owners)
  const peers = machine === undefined ? [] : peerPlaces(machine, await placesOf(machine.peers), new Map())
  return {
    desired,
    files: [],
    configHash,
    paths,
    record,
    ...(owners[0] === undefined ? {} : { owner: owners[0] }),
    peers,
    dockerSocket: paths.sockets.docker,
    ...(lock === null ? {} : { lockFile: scratch.write('desktop.lock', lock) }),
    ...(signatures === null ? {} : { signatures }),
  }
}

async function placesOf(peers: readonly { environment: string }[]): Promise<Map<string, EnvironmentPaths>> {
  return new Map(
    await Promise.all(
      peers.map(async ({ environment }) => [environment, await placeOf(environment)] as const),
    ),
  )
}

/**
 * The record of an environment that belongs to one of the owners; undefined before its first apply. Throws
 * `state/name-claimed` for others, and for a data disk whose owner is unknown. An unreadable record is nobody's.
 */
export async function ownRecord(
  name: string,
  { record: path, dataDisk }: Pick<EnvironmentPaths, 'record' | 'dataDisk'>,
  owners: readonly string[],
): Promise<EnvironmentRecord | undefined> {
  const record = await readRecord(path)
  if (record === undefined ? !existsSync(dataDisk) : isOwnedBy(record.owner, owners)) return record
  const owner =
    record === undefined
      ? 'has a data disk and no record of its owner'
      : `belongs to ${record.owner ?? claimingFile(record) ?? 'another file'}`
  throw new DesktopError('state/name-claimed', `the environment ${name} ${owner}`, {
    hint: `run \`desktop destroy ${name}\`, or set a different \`name:\` in the file`,
  })
}

/** Nobody is there to install packages by hand when the plan is applied. */
export async function packageNotes({ observed, environment }: Assessment): Promise<Note[]> {
  const missingPackages = observed.host.missingPackages.filter((name) => !hypervisorPackages.includes(name))
  if (missingPackages.length === 0 || (await mayInstallPackages())) return []
  const host = environment.desired.machine?.host?.name ?? 'host'
  return [
    {
      level: 'error',
      about: `hosts.${host}`,
      message: `not installed on ${host}: ${missingPackages.join(', ')}`,
      hint: `there, ${installHint(missingPackages)}`,
    },
  ]
}
