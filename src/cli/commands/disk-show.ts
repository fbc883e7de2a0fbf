/** `desktop disk show`: data disk usage on the host and in the guest. */
import { diskSpace } from '../../apply/environment/disk-space.ts'
import { openEnvironment } from '../../apply/environment/environment.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { diskView } from '../views/disk.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { paths } = await openEnvironment(options)
  const space = await diskSpace(paths)
  output.write(options.json ? `${JSON.stringify(space, null, 2)}\n` : diskView(space))
  return exitCodes.done
}
