/** Paths of sockets on the host, as written in a file. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { maxSocketPathBytes } from '../../host/paths.ts'
import type { Path } from '../read/source.ts'
import type { Context } from './report.ts'

/** Absolute; relative to the file it is written in, `~/` to the home directory. */
export function hostPath(text: string, at: Path, { directoryOf, env, report }: Context): string {
  const path = absolute(text, () => directoryOf(at), env.HOME ?? homedir())
  const bytes = Buffer.byteLength(path)
  if (bytes > maxSocketPathBytes) {
    report(at, `${path} has ${bytes} bytes; a socket can have ${maxSocketPathBytes}`, 'use a shorter path')
  }
  return path
}

function absolute(text: string, directory: () => string, home: string): string {
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1))
  return isAbsolute(text) ? resolve(text) : resolve(directory(), text)
}
