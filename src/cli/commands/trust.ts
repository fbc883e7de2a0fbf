/** `desktop trust` and `untrust`: add or remove the CA of `names.https` in the trust stores of this host. */
import { homedir } from 'node:os'
import { exitCodes } from '../../errors/exit-codes.ts'
import { authorityDir } from '../../host/paths.ts'
import { run as runProgram } from '../../host/run.ts'
import { certificateFile, openAuthority, readAuthority } from '../../names/authority.ts'
import { type StoreOutcome, trust, untrust } from '../../names/trust.ts'
import { trustStores } from '../../names/trust-stores.ts'
import type { Output } from '../output.ts'

interface Options {
  json?: true
}

export async function run(options: Options, output: Output, action: 'trust' | 'untrust'): Promise<number> {
  const dir = authorityDir()
  const certificate =
    action === 'trust' ? (await openAuthority(dir)).certificate : (await readAuthority(dir))?.certificate
  const path = certificateFile(dir)
  const stores = trustStores({
    platform: process.platform,
    root: '/',
    home: process.env.HOME ?? homedir(),
    certificate: path,
    fingerprint: certificate?.fingerprint.replaceAll(':', '') ?? '',
  })
  const host = { run: runProgram, isRoot: process.getuid?.() === 0 }
  const outcomes: StoreOutcome[] = []
  // Sequentially, because the stores share programs and their locks.
  for (const store of stores)
    outcomes.push(await (action === 'trust' ? trust(store, path, host) : untrust(store, host)))
  output.write(
    options.json
      ? `${JSON.stringify(trustDocument(path, certificate?.fingerprint256, outcomes), null, 2)}\n`
      : outcomesText(outcomes, path),
  )
  return outcomes.every(({ state }) => isDone(state)) ? exitCodes.done : exitCodes.applyIncomplete
}

/** Output of `--json` (schemas/results.schema.json). */
export const trustDocument = (
  certificate: string,
  sha256: string | undefined,
  stores: readonly StoreOutcome[],
): { certificate: string; sha256: string | null; stores: readonly StoreOutcome[] } => ({
  certificate,
  sha256: sha256 ?? null,
  stores,
})

const isDone = (state: StoreOutcome['state']): boolean => ['trusted', 'removed', 'absent'].includes(state)

const phrases: Readonly<Record<StoreOutcome['state'], string>> = {
  trusted: 'trusted',
  removed: 'removed',
  absent: 'not there',
  'needs-root': 'needs root; run:',
  'needs-program': 'install this program first:',
  failed: 'failed:',
}

function outcomesText(outcomes: readonly StoreOutcome[], path: string): string {
  const width = Math.max(0, ...outcomes.map(({ store }) => store.length))
  const lines = outcomes.map(
    ({ store, state, detail }) =>
      `${store.padEnd(width)}  ${phrases[state]}${detail === undefined ? '' : ` ${detail}`}\n`,
  )
  return `${lines.length === 0 ? 'no certificate store was found\n' : lines.join('')}certificate: ${path}\n`
}
