/**
 * Renders templates. Most plans render unchanged texts, and loading the engine takes a tenth of a plan, so texts are
 * cached by the digest of their inputs. Texts with credentials are not cached.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { maskCredentials } from '../errors/credentials.ts'
import { writeAtomic } from '../host/atomic-file.ts'
import { packageRoot } from '../host/paths.ts'
import { toolVersion } from '../version.ts'
import { sha256 } from './debian/lock.ts'

/** Far more than a user's environments; the oldest are removed. */
const maxKept = 64

/** @param keepIn folder of cached texts; undefined = no cache */
export async function renderTemplate(name: string, values: object, keepIn?: string): Promise<string> {
  const dir = join(packageRoot(), 'templates')
  const source = readFileSync(join(dir, name), 'utf8')
  const file =
    keepIn && join(keepIn, sha256(toolVersion, '\0', name, '\0', source, '\0', JSON.stringify(values)))
  const kept = file && readKept(file)
  if (kept !== undefined) return kept
  const text = await render(dir, name, values)
  if (keepIn !== undefined && file && maskCredentials(text) === text) {
    // Without a writable cache, the next command renders again.
    await writeAtomic(file, `${sha256(text)}\n${text}`, { mode: 0o600 }).then(
      () => prune(keepIn),
      () => {},
    )
  }
  return text
}

async function render(dir: string, name: string, values: object): Promise<string> {
  const { default: nunjucks } = await import('nunjucks')
  // A missing value is an error, never silently empty.
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(dir, { noCache: true }), {
    autoescape: false,
    throwOnUndefined: true,
  })
  return environment.render(name, values)
}

/** The first line is the digest of the text, so that a damaged entry is rendered again. */
function readKept(file: string): string | undefined {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const end = content.indexOf('\n')
  const text = content.slice(end + 1)
  return sha256(text) === content.slice(0, end) ? text : undefined
}

function prune(dir: string): void {
  const files = readdirSync(dir).map((name) => join(dir, name))
  if (files.length <= maxKept) return
  const age = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  for (const file of files.sort((a, b) => age(a) - age(b)).slice(0, -maxKept)) rmSync(file, { force: true })
}
