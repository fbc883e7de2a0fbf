/** `desktop bundle FILE`: one file for a host without network access. */
import { readAnyMachine } from '../../apply/environment/environment.ts'
import { findInstalled } from '../../apply/plan/target.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { exportBundle } from '../../guest/bundle.ts'
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
  const { parts, bytes, content } = await exportBundle(cachePaths(), image.digest, path)
  if (options.json)
    output.write(`${JSON.stringify({ digest: image.digest, content, file: path, bytes, parts })}\n`)
  else {
    output.say(`wrote ${path} (${Math.round(bytes / 1e6)} MB) with the image ${image.digest}`)
    output.say(
      `take it there with: desktop image import --content ${content} ${path}; then: desktop apply --offline`,
    )
  }
  return exitCodes.done
}
