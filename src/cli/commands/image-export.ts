/** `desktop image export FILE`: the built image as one file, for a machine that cannot build it. */
import { openEnvironment } from '../../apply/environment.ts'
import { findMeans } from '../../apply/target.ts'
import { DesktopError, exitCodes } from '../../errors.ts'
import { exportGuest } from '../../guest/transfer.ts'
import { cachePaths } from '../../host/paths.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output, path: string): Promise<number> {
  const { image } = await findMeans(await openEnvironment(options))
  if (image === undefined) {
    throw new DesktopError('cli/usage', 'the guest image is not built yet', {
      hint: 'run `desktop image build` first',
    })
  }
  await exportGuest(cachePaths(), image.digest, path)
  if (options.json) output.write(`${JSON.stringify({ digest: image.digest, file: path })}\n`)
  else output.say(`wrote ${image.digest} to ${path}; take it there with: desktop image import ${path}`)
  return exitCodes.done
}
