/** `apply` in a folder without desktop.yaml offers to create one if there is a terminal. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Environment, openMachines } from '../apply/environment/environment.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import type { FileOptions } from './arguments.ts'
import { askYes } from './ask.ts'
import { run as writeFirstFile } from './commands/init.ts'
import type { Output } from './output.ts'

const file = 'desktop.yaml'

export async function openOrInit(options: FileOptions, output: Output): Promise<readonly Environment[]> {
  try {
    return await openMachines(options)
  } catch (error) {
    const isMissing = error instanceof DesktopError && error.code === 'config/unreadable' && !existsSync(file)
    const mayAsk = output.interactive && options.json !== true && options.file.length === 0
    if (!isMissing || !mayAsk) throw error
    if (!(await askYes(`${resolve(file)} does not exist. Write a first one and apply it?`))) throw error
  }
  await writeFirstFile({ file }, output)
  return openMachines(options)
}
