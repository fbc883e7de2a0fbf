/** `desktop image export FILE`: writes the built image to a file, for a host that cannot build it. */
import { readAnyMachine } from '../../apply/environment/environment.ts'
import { findInstalled } from '../../apply/plan/target.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { exportGuest } from '../../guest/transfer.ts'
import { cachePaths } from '../../host/paths.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

export async function run(options: FileOptions, output: Output, path: string): Promise<number> {
  const { image } = await findInstalled(await readAnyMachine(options))
  if (image === undefined) {
    throw new DesktopError('cli/usage', 'the guest image is not built yet', {
      hint: 'run `desktop image build` first',
    })
  }
  const content = await exportGuest(cachePaths(), image.digest, path)
  if (options.json) output.write(`${JSON.stringify({ digest: image.digest, content, file: path })}\n`)
  else {
    output.say(`wrote ${image.digest} to ${path}`)
    output.say(`take it there with: desktop image import --content ${content} ${path}`)
  }
  return exitCodes.done
}
