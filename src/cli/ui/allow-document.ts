/** The page's "allow this" dialog: rules, and the patch of the file to change. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { DenialView } from '../../net/egress/denials.ts'
import { allowedTarget, allowPatch, hasRules } from './allow.ts'

export interface AllowDocument {
  /** `allow nas.test:22/tcp`. */
  rules: readonly string[]
  /** Absolute path of the file to change. */
  file: string
  /** A unified diff. */
  patch: string
}

/** @param files in order of precedence; the last one with rules is changed, or else the last one. */
export async function allowDocument(
  denials: readonly DenialView[],
  files: readonly string[],
): Promise<AllowDocument | null> {
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
  const place = texts.findLast(({ text }) => hasRules(text)) ?? texts.at(-1)
  const targets = [...new Set(denials.map(allowedTarget))]
  if (targets.length === 0 || place === undefined) return null
  return {
    rules: targets.map((target) => `allow ${target}`),
    file: place.file,
    patch: allowPatch(basename(place.file), place.text, targets),
  }
}
