/** `desktop hosts forget ID`: forgets the machines of this file on a host that no longer exists. */
import { type Environment, readAnyMachine } from '../../apply/environment/environment.ts'
import { allKnownHosts, forgetFile } from '../../apply/environment/known-hosts.ts'
import { clusterOf, isFileOf, ownersOf } from '../../apply/environment/owner.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { disconnect } from '../../host/ssh/ssh.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

/** Hosts that have, or may still have, machines of the file. */
export async function hostsOfFile(environment: Environment): Promise<HostsOfFile> {
  const cluster = clusterOf(environment.desired)
  const known = await allKnownHosts()
  const owners = await ownersOf(
    environment,
    known.flatMap(({ files }) => files),
  )
  const targets = known.flatMap(({ ssh, files }) =>
    files
      .filter((one) => isFileOf(one, cluster, owners))
      .map((one) => [one.hostId, targetText(ssh)] as const),
  )
  return { cluster, owners, targets: new Map(targets) }
}

interface HostsOfFile {
  cluster: string
  owners: readonly string[]
  /** Id → ssh target. */
  targets: ReadonlyMap<string, string>
}

export async function run(options: FileOptions, output: Output, hostId: string): Promise<number> {
  const { cluster, owners, targets } = await hostsOfFile(await readAnyMachine(options))
  const target = targets.get(hostId)
  if (target === undefined) {
    const all = [...targets].map(([id, text]) => `${id} (${text})`).join(', ')
    throw new DesktopError('cli/usage', `${cluster} has no machines on a host with the id ${hostId}`, {
      hint: all === '' ? `${cluster} has machines on this host only` : `there are: ${all}`,
    })
  }
  for (const { ssh } of await forgetFile(hostId, cluster, owners)) await disconnect(ssh)
  if (options.json) output.write(`${JSON.stringify({ environment: cluster, hostId, ssh: target })}\n`)
  else output.say(`machines of ${cluster} on ${target} (${hostId}) are forgotten; nothing there was changed`)
  return exitCodes.done
}
