/** `desktop __complete -- WORD…`: candidates for the completion scripts. On any error it prints nothing. */
import type { Command } from 'commander'
import { readMachines } from '../../apply/environment/environment.ts'
import { findEnvironment } from '../../apply/environment/find-environment.ts'
import { environmentNames } from '../../apply/environment/names.ts'
import { generationNumbers, readGeneration } from '../../apply/history/generation.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { listImages } from '../../guest/built.ts'
import { cachePaths } from '../../host/paths.ts'
import { targetText } from '../../host/ssh/target.ts'
import { type Candidate, complete, type Sources } from '../completion/complete.ts'
import type { Output } from '../output.ts'

export async function run(
  { program }: { program: Command },
  output: Output,
  words: readonly string[],
): Promise<number> {
  const completion = await complete(program, words, sources)
  if (completion.kind === 'files') output.write(':files\n')
  else output.write(completion.values.map(line).join(''))
  return exitCodes.done
}

/** One line each, no longer than a terminal shows. */
function line({ value, description = '' }: Candidate): string {
  const text = description.replaceAll(/\s+/g, ' ').slice(0, 70)
  return text === '' ? `${value}\n` : `${value}\t${text}\n`
}

const sources: Sources = {
  keys: async () => {
    const { explainedKeys } = await import('./explain.ts')
    return explainedKeys.map(([value, description]) => ({
      value,
      ...(description === undefined ? {} : { description }),
    }))
  },
  generations: async (file) => {
    try {
      const { generationsDir } = (await findEnvironment({ file, set: [] })).paths
      const numbers = (await generationNumbers(generationsDir)).toReversed()
      return await Promise.all(
        numbers.map(async (number) => {
          const found = await readGeneration(generationsDir, number).catch(() => undefined)
          const description = found === undefined ? 'unreadable' : `${found.result}, ${found.time}`
          return { value: String(number), description }
        }),
      )
    } catch {
      return []
    }
  },
  environments: async () => (await environmentNames()).map((value) => ({ value })),
  machines: async (file) => {
    const machines = await readMachines({ file, set: [] }).catch(() => [])
    return machines.flatMap(({ desired: { machine, network } }) =>
      machine === undefined ? [] : [{ value: machine.name, description: network.address }],
    )
  },
  hosts: async (file) => {
    const [first] = await readMachines({ file, set: [] }).catch(() => [])
    return (first?.hosts ?? []).map(({ name, ssh }) => ({ value: name, description: targetText(ssh) }))
  },
  hostIds: async (file) => {
    const { hostsOfFile } = await import('./hosts-forget.ts')
    const [first] = await readMachines({ file, set: [] }).catch(() => [])
    const found = first && (await hostsOfFile(first).catch(() => undefined))
    return [...(found?.targets ?? [])].map(([value, description]) => ({ value, description }))
  },
  images: async () => {
    const images = await listImages(cachePaths())
    return images.map(({ digest, builtAt }) => ({
      value: digest.slice('sha256:'.length, 'sha256:'.length + 12),
      description: `built ${builtAt.toISOString()}`,
    }))
  },
}
