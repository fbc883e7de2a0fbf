/** `desktop image build`: builds the guest image of this file. Starts nothing. */
import { readAnyMachine } from '../../apply/environment/environment.ts'
import { guestInputs } from '../../apply/plan/target.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { buildGuest } from '../../guest/build.ts'
import { resolveExtension } from '../../guest/extension.ts'
import { readLockFile } from '../../guest/lock-file.ts'
import { renderGuest } from '../../guest/render.ts'
import { cachePaths } from '../../host/paths.ts'
import type { FileOptions } from '../arguments.ts'
import { catchInterrupts, unlessInterrupted } from '../interrupts.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  offline?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const { desired, lockFile = '' } = await readAnyMachine(options)
  using interrupts = catchInterrupts(output)
  let said = ''
  const rendered = await renderGuest(desired, await resolveExtension(desired.guest))
  const build = buildGuest(guestInputs(rendered, await readLockFile(lockFile)), {
    cache: cachePaths(),
    offline: options.offline === true,
    signal: interrupts.stop,
    onProgress: ({ step, message }) => {
      // Print each step once; its figures change too often for lines.
      if (said !== step) output.say(`  ${message}`)
      said = step
    },
  })
  const { digest, kernel, initrd, root } = await unlessInterrupted(interrupts, build)
  if (options.json) output.write(`${JSON.stringify({ digest, kernel, initrd, root }, null, 2)}\n`)
  else output.write(`${digest}\n`)
  return exitCodes.done
}
