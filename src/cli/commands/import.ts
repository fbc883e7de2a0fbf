/**
 * `desktop import TOOL FILE`: converts another tool's settings to a desktop.yaml, and lists those without an
 * equivalent.
 */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Draft } from '../../config/import/draft.ts'
import { importSettings, type Tool } from '../../config/import/import.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { messageOf } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import type { Output } from '../output.ts'
import { importDocument, importView } from '../views/import.ts'
import { nameFrom } from './init.ts'

interface Options {
  out: string
  name?: string
  force?: true
  json?: true
}

export async function run(
  options: Options,
  output: Output,
  tool: Tool,
  paths: readonly string[],
): Promise<number> {
  const toStandardOutput = options.out === '-'
  const out = resolve(options.out)
  if (!toStandardOutput && !options.force && (await readIfExists(out)) !== undefined) {
    throw new DesktopError('cli/usage', `${out} exists already`, {
      hint: 'write to a different file with -o, or overwrite it with --force',
    })
  }
  const files = await Promise.all(paths.map(async (file) => ({ file, text: await textOf(file) })))
  const name = options.name ?? nameFrom(dirname(out))
  const { text, draft } = importSettings({ tool, name, files })
  if (!toStandardOutput) await writeAtomic(out, text)
  report(draft, text, toStandardOutput ? undefined : options.out, options, output)
  return exitCodes.done
}

function report(draft: Draft, text: string, out: string | undefined, options: Options, output: Output): void {
  if (options.json) output.write(`${JSON.stringify(importDocument(draft, out, text), null, 2)}\n`)
  else if (out === undefined) output.write(text)
  const lines = options.json ? [] : importView(draft, output)
  for (const line of lines) output.say(line)
  if (out !== undefined) output.say(`wrote ${out}; next: desktop plan -f ${out}`)
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new DesktopError('import/unreadable', `${file}: ${messageOf(cause)}`, { cause })
  }
}
