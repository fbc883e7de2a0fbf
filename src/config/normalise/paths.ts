/** Host paths, as written in a file. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { maxSocketPathBytes } from '../../host/paths.ts'
import type { Path } from '../read/source.ts'
import type { Context } from './report.ts'

/** Resolves a socket path: absolute, relative to its file, or `~/`. */
export function hostPath(text: string, at: Path, context: Context): string {
  const path = filePath(text, at, context)
  const bytes = Buffer.byteLength(path)
  if (bytes > maxSocketPathBytes) {
    context.report(
      at,
      `${path} is ${bytes} bytes long; the limit for a socket is ${maxSocketPathBytes}`,
      'use a shorter path',
    )
  }
  return path
}

/** Resolves any other path by the same rules. */
export function filePath(text: string, at: Path, { directoryOf, env }: Context): string {
  if (text === '~' || text.startsWith('~/')) return join(env.HOME ?? homedir(), text.slice(1))
  return isAbsolute(text) ? resolve(text) : resolve(directoryOf(at), text)
}
