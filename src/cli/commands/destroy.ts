/**
 * `desktop destroy [ENVIRONMENT]`: deletes the environment with all data of its containers, after a prompt.
 */
import {
  type Elsewhere,
  forEachElsewhere,
  forgetElsewhere,
  machinesElsewhere,
  requireAll,
  requireSome,
} from '../../apply/cluster/elsewhere.ts'
import { existingMachines, machinesOfFile } from '../../apply/environment/find-environment.ts'
import { lockEnvironment } from '../../apply/environment/lock.ts'
import { noEnvironment } from '../../apply/environment/require-environment.ts'
import { lockThere } from '../../apply/remote/lock.ts'
import { HostSessions } from '../../apply/remote/sessions.ts'
import { destroyEnvironment } from '../../apply/run/destroy.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { ChangeOptions } from '../arguments.ts'
import { askYes } from '../ask.ts'
import type { Output } from '../output.ts'

const consentName = 'destroy'

export async function run(options: ChangeOptions, output: Output, given?: string): Promise<number> {
  await using sessions = new HostSessions()
  const environments = await machinesOfFile(options, given)
  const all = await existingMachines(options, given, environments)
  const elsewhere = await machinesElsewhere(options, environments, sessions)
  // The last machine may have been deleted there, by its name.
  if (all.length + elsewhere.machines.length === 0) await forgetElsewhere(options, environments, elsewhere)
  await requireSome(all, elsewhere)
  const there = elsewhere.machines.map(({ name, host }) => `${name} on ${host.name}`)
  const disks = [...all.map(({ paths }) => paths.dataDisk), ...there].join(', ')
  if (!options.yes && !options.allow.includes(consentName)) {
    const names = [...all.map(({ name }) => name), ...there].join(', ')
    const question = `${names} will be removed with the data disk ${disks}: images, containers, volumes${remaining(elsewhere)}.`
    const agreed = output.interactive && !options.json && (await askYes(question))
    if (!agreed) {
      throw new DesktopError(
        'plan/needs-consent',
        `nothing was removed: ${disks} would be lost${remaining(elsewhere)}`,
        {
          hint: `run again with --yes, or with --allow ${consentName}`,
        },
      )
    }
  }
  for (const { name, paths } of all) {
    await using _lock = await lockEnvironment(paths, {
      command: 'desktop destroy',
      timeoutMs: options.lockTimeout,
      say: output.say,
    })
    await destroyEnvironment(name, paths)
    report(name, options, output)
  }
  const done = await forEachElsewhere(elsewhere, async ({ host, session, name, owners }) => {
    const lock = { command: 'desktop destroy', timeoutMs: options.lockTimeout, say: output.say }
    await using _lock = await lockThere(sessions, host, name, lock)
    if (await session.call('destroy', { name, owners })) report(name, options, output)
    else if (options.machine !== undefined) throw await noEnvironment(name)
  })
  await forgetElsewhere(options, environments, done)
  requireAll(done)
  return exitCodes.done
}

/** Machines that will not be removed, because their host does not answer or their owner is unknown. */
function remaining({ failures }: Elsewhere): string {
  if (failures.length === 0) return ''
  return `; machines may remain: ${failures.map(({ message }) => message).join('; ')}`
}

function report(name: string, { json }: ChangeOptions, output: Output): void {
  if (json) output.write(`${JSON.stringify({ environment: name, destroyed: true })}\n`)
  else output.say(`${name} is removed`)
}
