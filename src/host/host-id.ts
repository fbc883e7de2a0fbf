/**
 * Random identity of this user's state directory. Host names and ssh targets change, and two hosts may have the same
 * name.
 */
import { randomBytes } from 'node:crypto'
import { link, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { readIfExists } from './atomic-file.ts'
import { makeDirectory } from './directories.ts'
import { baseDirs } from './paths.ts'

export const hostIdPattern: RegExp = /^[0-9a-f]{16}$/

/** Created by the first call. */
export async function hostId(
  { state }: Pick<ReturnType<typeof baseDirs>, 'state'> = baseDirs(),
): Promise<string> {
  const path = join(state, 'host-id')
  const text = (await readIfExists(path)) ?? (await created(state, path))
  const id = text.trim()
  if (hostIdPattern.test(id)) return id
  throw new DesktopError('state/unreadable', `${path} is not an id of 16 hexadecimal digits`)
}

/** A link never replaces the id of a command that was faster. */
async function created(state: string, path: string): Promise<string> {
  const id = randomBytes(8).toString('hex')
  await makeDirectory(state)
  const temporary = join(state, `.host-id.${process.pid}.${id}.tmp`)
  await writeFile(temporary, `${id}\n`, { mode: 0o600 })
  try {
    await link(temporary, path)
    return id
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
    return (await readIfExists(path)) ?? ''
  } finally {
    await rm(temporary, { force: true })
  }
}
