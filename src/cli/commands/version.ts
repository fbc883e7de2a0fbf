/** `desktop version`: all version information for a bug report. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gitState } from '../../apply/history/git.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { readIfExists } from '../../host/atomic-file.ts'
import { packageRoot } from '../../host/paths.ts'
import type { Output } from '../output.ts'
import { type BundledPackage, type Source, versionDocument, versionView } from '../views/version.ts'

export async function run(options: { json?: true }, output: Output): Promise<number> {
  const root = packageRoot()
  const from = existsSync(join(root, 'src')) ? 'checkout' : 'package'
  const source = from === 'checkout' ? await sourceOfCheckout(root) : await recorded<Source>(root, 'release')
  const document = versionDocument(
    from,
    source ?? { commit: null, modified: false },
    (await recorded<BundledPackage[]>(root, 'packages')) ?? [],
  )
  output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : versionView(document))
  return exitCodes.done
}

/** A file that the build wrote into dist/; undefined when running from source. */
async function recorded<T>(root: string, name: 'release' | 'packages'): Promise<T | undefined> {
  const text = await readIfExists(join(root, 'dist', `${name}.json`))
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

async function sourceOfCheckout(root: string): Promise<Source | undefined> {
  const parts = ['package.json', 'package-lock.json', 'bin', 'schemas', 'src', 'templates']
  const state = await gitState(parts.map((part) => join(root, part)))
  return state && { commit: state.commit, modified: state.dirty }
}
