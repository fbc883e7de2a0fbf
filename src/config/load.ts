/** desktop.yaml → Desired, or every mistake of it at once. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { DesktopError, messageOf, systemCode } from '../errors.ts'
import type { Desired } from './desired.ts'
import { normalise } from './normalise.ts'
import { checkSchema } from './read/check.ts'
import { parseText } from './read/parse.ts'
import type { Source } from './read/position.ts'
import { type Problem, placed, thrown } from './read/problem.ts'
import { requireVersion } from './required-version.ts'
import type { DesktopFile } from './types.ts'

export interface LoadOptions {
  /** As given by the user. */
  file: string
  env: Readonly<Record<string, string | undefined>>
}

export interface LoadedConfig {
  desired: Desired
  /** Absolute path. */
  file: string
  /** `sha256:…` of the effective configuration, not of the file's text: comments do not count. */
  hash: string
}

/** Throws a DesktopError whose `others` holds the further mistakes. */
export async function loadConfig({ file, env }: LoadOptions): Promise<LoadedConfig> {
  const text = await readText(file)
  const path = resolve(file)
  const desired = configOf({ file, path, text, env })
  const hash = `sha256:${createHash('sha256').update(JSON.stringify(desired)).digest('hex')}`
  return { desired, file: path, hash }
}

interface Text {
  /** For messages. */
  file: string
  path: string
  text: string
  env: LoadOptions['env']
}

export function configOf({ file, path, text, env }: Text): Desired {
  const { source, errors } = parseText(file, text)
  if (errors.length > 0) throw thrown(errors)
  const raw: unknown = source.document.toJS() ?? {}
  const schemaProblems = checkSchema(raw)
  if (schemaProblems.length > 0) throw thrown([...new Set(schemaProblems)].map((p) => placed(source, p)))
  const problems: Problem[] = []
  const report = (
    at: Problem['path'],
    message: string,
    hint?: string,
    what: 'key' | 'value' = 'value',
  ): void => {
    problems.push({
      code: 'config/bad-value',
      path: at,
      message,
      at: what,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const directory = dirname(path)
  const context = { folder: basename(directory), directory, env, readFile: readOrNothing }
  const desired = normalise(raw as DesktopFile, context, report)
  requireVersion((raw as DesktopFile).requiredVersion, report)
  if (problems.length > 0) throw thrown(problems.map((p) => placed(source as Source, p)))
  return desired
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const hint =
      systemCode(error) === 'ENOENT'
        ? { hint: 'write one with `desktop init`, or name another with -f FILE' }
        : {}
    const why = systemCode(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new DesktopError('config/unreadable', `${file}: ${why}`, { ...hint, cause: error })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DesktopError('config/unreadable', `${file} is not UTF-8 text`)
  }
}
