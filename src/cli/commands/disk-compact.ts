/** `desktop disk compact`: returns unused blocks of the data disk to the host. */
import { compactDisk } from '../../apply/environment/disk-space.ts'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { lockEnvironment } from '../../apply/environment/lock.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { LockOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { compactedView } from '../views/disk.ts'

export async function run(options: LockOptions, output: Output): Promise<number> {
  const { paths } = await openEnvironment(options)
  await using _lock = await lockEnvironment(paths, {
    command: 'desktop disk compact',
    timeoutMs: options.lockTimeout,
    say: output.say,
  })
  const result = await compactDisk(paths)
  output.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : compactedView(result))
  return exitCodes.done
}
