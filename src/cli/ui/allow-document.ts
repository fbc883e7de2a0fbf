/** What the page shows for "allow this": a rule, and the patch of the file that it belongs in. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { DenialView } from '../../net/egress/denials.ts'
import { allowedTarget, allowPatch, hasRules } from './allow.ts'

export interface AllowDocument {
  /** `allow nas.test:22/tcp`. */
  rule: string
  /** Absolute path of the file to change. */
  file: string
  /** A unified diff. */
  patch: string
}

/** @param files later ones override: the last with rules of its own decides, else the last of all. */
export async function allowDocument(
  denial: DenialView | undefined,
  files: readonly string[],
): Promise<AllowDocument | null> {
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
  const place = texts.findLast(({ text }) => hasRules(text)) ?? texts.at(-1)
  if (denial === undefined || place === undefined) return null
  const target = allowedTarget(denial)
  return {
    rule: `allow ${target}`,
    file: place.file,
    patch: allowPatch(basename(place.file), place.text, target),
  }
}
