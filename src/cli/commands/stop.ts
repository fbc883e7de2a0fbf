/** `desktop stop`: the VM shuts down in order, then the supervisor ends. Nothing is lost. */
import { openEnvironment } from '../../apply/environment.ts'
import { lockEnvironment } from '../../apply/lock.ts'
import { stopEnvironment } from '../../apply/stop.ts'
import { exitCodes } from '../../errors.ts'
import type { LockOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: LockOptions, output: Output): Promise<number> {
  const { desired, paths } = await openEnvironment(options)
  await using _lock = await lockEnvironment(paths, {
    command: 'desktop stop',
    timeoutMs: options.lockTimeout,
    say: output.say,
  })
  const stopped = await stopEnvironment(desired.name, paths)
  if (options.json) output.write(`${JSON.stringify({ environment: desired.name, stopped })}\n`)
  else
    output.say(
      `${desired.name} ${stopped ? 'is stopped' : 'was not running'}; \`desktop start\` starts it again`,
    )
  return exitCodes.done
}
