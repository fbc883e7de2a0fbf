/** Whose name an environment has: that of the folder whose file it was last applied from. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { EnvironmentRecord } from './record.ts'

/** Earlier versions kept no such path; of layers the last is the one that was given. */
export const claimingFile = (record: EnvironmentRecord | undefined): string | undefined =>
  record?.file ?? record?.files.at(-1)

/**
 * The file that had the name before, when this one takes over because that one is gone or has another name now. Throws
 * `state/name-claimed` when both claim it.
 */
export async function adoptedFrom(
  name: string,
  file: string,
  record: EnvironmentRecord | undefined,
): Promise<string | undefined> {
  const before = claimingFile(record)
  if (before === undefined || folderOf(before) === folderOf(file)) return undefined
  if (!existsSync(before) || !(await claims(before, name))) return before
  throw new DesktopError(
    'state/name-claimed',
    `the environment ${name} belongs to ${before}, not to ${file}`,
    {
      hint: `set another \`name:\` in one of the two files, or pass --set name=…; \`desktop ls\` lists all environments`,
    },
  )
}

/** Two files of one folder are one project. A folder that was moved or renamed has another path. */
function folderOf(file: string): string {
  const folder = dirname(file)
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** An unreadable file may be repaired later. */
async function claims(file: string, name: string): Promise<boolean> {
  return await loadConfig({ files: [file], env: process.env }).then(
    ({ desired, machines }) =>
      machines.length === 0 ? desired.name === name : machines.some((machine) => machine.name === name),
    () => true,
  )
}
