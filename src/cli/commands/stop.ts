/**
 * `desktop stop [ENVIRONMENT]`: suspends the VM or shuts it down gracefully, then ends the supervisor. No
 * data is lost.
 */
import {
  forEachElsewhere,
  machinesElsewhere,
  requireAll,
  requireSome,
} from '../../apply/cluster/elsewhere.ts'
import {
  existingMachines,
  type KnownEnvironment,
  machinesOfFile,
} from '../../apply/environment/find-environment.ts'
import { lockEnvironment } from '../../apply/environment/lock.ts'
import { noEnvironment } from '../../apply/environment/require-environment.ts'
import { lockThere } from '../../apply/remote/lock.ts'
import { HostSessions } from '../../apply/remote/sessions.ts'
import { type HowToStop, type Stopped, stopAs } from '../../apply/run/stop.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { LockOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends LockOptions {
  powerOff?: true
  suspend?: true
}

export async function run(options: Options, output: Output, given?: string): Promise<number> {
  if (options.powerOff && options.suspend) {
    throw new DesktopError('cli/usage', '--power-off and --suspend exclude each other')
  }
  await using sessions = new HostSessions()
  const environments = await machinesOfFile(options, given)
  const all = await existingMachines(options, given, environments)
  const elsewhere = await machinesElsewhere(options, environments, sessions)
  await requireSome(all, elsewhere)
  const isOne = all.length + elsewhere.machines.length === 1
  if (isOne && all.length === 1) {
    const code = await stopOne(all[0]!, options, output)
    requireAll(elsewhere)
    return code
  }
  const stopped: object[] = []
  const add = (environment: string, result: Stopped): void => {
    if (!options.json) output.say(`${environment} ${sentence(result)}`)
    stopped.push({ environment, ...documentOf(result) })
  }
  for (const one of all) add(one.name, await stop(one, options, output))
  const done = await forEachElsewhere(elsewhere, async ({ host, session, name, owners }) => {
    const lock = { command: 'desktop stop', timeoutMs: options.lockTimeout, say: output.say }
    await using _lock = await lockThere(sessions, host, name, lock)
    const result = await session.call('stop', { name, owners, how: howToStop(options) })
    if (result !== null) add(name, result)
    else if (options.machine !== undefined) throw await noEnvironment(name)
  })
  if (options.json && stopped.length > 0)
    output.write(`${JSON.stringify(isOne ? stopped[0] : { machines: stopped })}\n`)
  requireAll(done)
  return exitCodes.done
}

const howToStop = ({ powerOff, suspend }: Options): HowToStop =>
  powerOff ? 'power-off' : suspend ? 'suspend' : 'as-configured'

async function stopOne(environment: KnownEnvironment, options: Options, output: Output): Promise<number> {
  const result = await stop(environment, options, output)
  if (!options.json) output.say(`${environment.name} ${sentence(result)}`)
  else output.write(`${JSON.stringify({ environment: environment.name, ...documentOf(result) })}\n`)
  return exitCodes.done
}

async function stop(environment: KnownEnvironment, options: Options, output: Output): Promise<Stopped> {
  await using _lock = await lockEnvironment(environment.paths, {
    command: 'desktop stop',
    timeoutMs: options.lockTimeout,
    say: output.say,
  })
  return await stopAs(howToStop(options), environment)
}

/** `stopped`: something was running and no longer is. */
function documentOf(result: Stopped): object {
  const suspended = result.now === 'suspended' || result.now === 'was-suspended'
  const saved = result.now === 'suspended' ? { bytes: result.bytes, milliseconds: result.milliseconds } : {}
  const reason = result.now === 'off-instead' ? { reason: result.reason } : {}
  return { stopped: ['off', 'off-instead', 'suspended'].includes(result.now), suspended, ...saved, ...reason }
}

function sentence(result: Stopped): string {
  switch (result.now) {
    case 'off':
      return 'is shut down; `desktop start` starts it again'
    case 'off-instead':
      return `is shut down (${result.reason}); \`desktop start\` boots it`
    case 'was-off':
      return 'was not running; `desktop start` starts it again'
    case 'discarded':
      return 'was suspended; its memory is discarded, its disk is kept. `desktop start` boots it'
    case 'was-suspended':
      return 'is already suspended; `desktop start` resumes it'
    case 'suspended': {
      const size = `${Math.round(result.bytes / 1e6)} MB in ${(result.milliseconds / 1000).toFixed(1)} s`
      return `is suspended (${size}); \`desktop start\` resumes it with its containers`
    }
  }
}
