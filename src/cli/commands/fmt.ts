/**
 * `desktop fmt`: formats the files, keeping comments. Prints by default, writes with --write, only checks
 * with --check.
 */
import { resolve } from 'node:path'
import { loadOptions } from '../../apply/environment/environment.ts'
import { formatted } from '../../config/format.ts'
import { readText } from '../../config/read/files.ts'
import { outsideTree, projectTree } from '../../config/read/project-tree.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'

interface Options extends FileOptions {
  write?: true
  check?: true
}

export async function run(options: Options, output: Output): Promise<number> {
  const { files: given, allowPaths = [] } = loadOptions({ ...options, set: [] })
  const files = given.map((file) => {
    const before = textOf(file, allowPaths)
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

/** Formatted text is printed, so a link in an untrusted checkout must not expose the user's files. */
function textOf(file: string, allowed: readonly string[]): string {
  const path = resolve(file)
  const project = projectTree(path, allowed)
  if (!project.allows(path)) throw outsideTree({ shown: file, path }, project)
  return readText(path, file)
}
