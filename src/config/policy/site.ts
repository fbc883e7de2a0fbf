/**
 * Site policy of the host's administrator: one file, writable only by root, applied to every environment in addition to
 * its own rules.
 */
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { loadPatternEngine, type PatternEngine } from '../../linear-pattern.ts'
import type { SignatureRules } from '../../signatures/required.ts'
import { type Problem, placed, thrown } from '../check/problem.ts'
import { checkSchema } from '../check/schema.ts'
import type { Report } from '../normalise/report.ts'
import { signatureRules } from '../normalise/signatures.ts'
import { parseText } from '../read/parse.ts'
import { sourceOf } from '../read/source.ts'
import { type Rule, rulesOf } from './rule.ts'

export interface SiteFile {
  rules: readonly Rule[]
  signatures: SignatureRules
}

/**
 * Returns undefined if there is no file; throws if it is not trustworthy.
 * @param ownerUid required owner, root
 */
export async function readSiteFile(path: string, ownerUid = 0): Promise<SiteFile | undefined> {
  const text = await readTrusted(path, ownerUid)
  return text === undefined ? undefined : siteFileOf(text, path, await loadPatternEngine())
}

/** Throws all mistakes in the text, as for desktop.yaml. */
export function siteFileOf(text: string, file: string, patterns?: PatternEngine): SiteFile {
  // No variables: users control them, and would thereby control the rules.
  const { tree, errors } = parseText(sourceOf(text, { file, directory: dirname(file) }), { env: {} })
  if (tree === undefined) throw thrown(errors)
  const { value, problems } = checkSchema(tree)
  const found: Problem[] = [...problems]
  for (const key of Object.keys(value)) {
    if (key === 'apiVersion' || key === 'policy' || key === 'signatures') continue
    const message = `"${key}" is for desktop.yaml; this file holds apiVersion, policy and signatures`
    found.push({ code: 'config/unknown-key', path: [key], message, at: 'key' })
  }
  const report: Report = (path, message, hint, at = 'value') => {
    found.push({ code: 'config/bad-value', path, message, at, ...(hint === undefined ? {} : { hint }) })
  }
  const rules = rulesOf(tree, value.policy ?? [], report, patterns)
  const signatures = signatureRules(value.signatures ?? {}, file, report)
  const all = [...errors, ...found.map((problem) => placed(tree, problem))]
  if (all.length > 0) throw thrown(all)
  return { rules: rules.map((rule) => ({ ...rule, site: true })), signatures }
}

async function readTrusted(path: string, ownerUid: number): Promise<string | undefined> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw refused(path, messageOf(error), 'as root: chmod 644')
  }
  await using _file = file
  const found = await file.stat()
  if (!found.isFile()) throw refused(path, 'it is not a file', 'as root: remove')
  if (found.uid !== ownerUid)
    throw refused(path, `it belongs to uid ${found.uid}, not to root`, 'as root: chown root:root')
  if ((found.mode & 0o022) !== 0)
    throw refused(path, 'users other than root can write it', 'as root: chmod go-w')
  await requireSafeFolders(await realpath(path), ownerUid)
  return await file.readFile('utf8')
}

/** A user with write access to a parent folder could replace this file. */
async function requireSafeFolders(path: string, ownerUid: number): Promise<void> {
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    const { uid, mode } = await stat(dir)
    const sticky = (mode & 0o1000) !== 0
    if ((uid !== ownerUid && uid !== 0) || ((mode & 0o022) !== 0 && !sticky)) {
      throw refused(
        dir,
        'users other than root can write this folder of the site policy',
        'as root: chown root:root and chmod go-w',
      )
    }
    if (dir === dirname(dir)) return
  }
}

const refused = (path: string, reason: string, fix: string): DesktopError =>
  new DesktopError('policy/site-file', `${path}: ${reason}`, { hint: `${fix} ${path}` })
