/** The owner of an environment's name: the folder of the file that was last applied. */
import { existsSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { DesktopError, type FileRange } from '../../errors/desktop-error.ts'
import type { EnvironmentRecord } from './record.ts'

/** Earlier versions recorded no such path; among layers, the last one was given by the user. */
export const claimingFile = (record: EnvironmentRecord | undefined): string | undefined =>
  record?.file ?? record?.files.at(-1)

/**
 * The file that owned the name before, if it was removed or renamed its environment, so that this file takes
 * over. Throws `state/name-claimed` if both files claim the name.
 * @param at where the file sets it
 */
export async function adoptedFrom(
  name: string,
  file: string,
  record: EnvironmentRecord | undefined,
  at?: FileRange,
): Promise<string | undefined> {
  const before = claimingFile(record)
  if (before === undefined || folderOf(before) === folderOf(file)) return undefined
  if (!existsSync(before) || !(await claims(before, name))) return before
  throw new DesktopError(
    'state/name-claimed',
    `the environment ${name} belongs to ${before}, not to ${file}`,
    {
      hint: `set a different \`name:\` in the desktop.yaml of one of the two projects, or pass --set name=…; \`desktop ls\` lists all environments`,
      ...(at === undefined ? {} : { at }),
    },
  )
}

/**
 * Two files in one folder are the same project, also through a symbolic link. A folder that was moved or renamed has a
 * new path.
 */
export function folderOf(file: string): string {
  const folder = dirname(file)
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}

/** An unreadable file keeps its claim, because it may be repaired later. */
async function claims(file: string, name: string): Promise<boolean> {
  return await loadConfig({ files: [file], env: process.env }).then(
    ({ desired, machines }) =>
      machines.length === 0 ? desired.name === name : machines.some((machine) => machine.name === name),
    () => true,
  )
}

/** Whether the file has machines of this environment. An unreadable file keeps its claim. */
export async function stillHas(file: string, cluster: string): Promise<boolean> {
  if (!existsSync(file)) return false
  return await loadConfig({ files: [file], env: process.env }).then(
    ({ machines }) => machines.some(({ machine }) => machine?.cluster === cluster),
    () => true,
  )
}
