/** `desktop fmt`: the files as one writes them, comments kept. Prints, writes with --write, only looks with --check. */
import { givenFiles } from '../../apply/environment/environment.ts'
import { formatted } from '../../config/format.ts'
import { maxConfigBytes } from '../../config/read/files.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import { readRegularFile } from '../../host/regular-file.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  write?: true
  check?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const files = givenFiles(options).map((file) => {
    const before = textOf(file)
    return { file, before, after: formatted(before, file) }
  })
  const changed = files.filter(({ before, after }) => before !== after)
  if (options.write) for (const { file, after } of changed) await writeAtomic(file, after)
  const names = changed.map(({ file }) => file)
  if (options.json)
    output.write(`${JSON.stringify({ changed: names, written: options.write === true }, null, 2)}\n`)
  else if (!options.write && !options.check) for (const { after } of files) output.write(after)
  else
    for (const file of names)
      output.say(options.write ? `wrote ${file}` : `${file} would be reformatted: desktop fmt --write`)
  return options.check && changed.length > 0 ? exitCodes.changes : exitCodes.done
}

function textOf(file: string): string {
  try {
    return readRegularFile(file, { maxBytes: maxConfigBytes }).toString('utf8')
  } catch (cause) {
    if (cause instanceof DesktopError) throw cause
    throw new DesktopError('config/unreadable', `${file}: ${messageOf(cause)}`, { cause })
  }
}
