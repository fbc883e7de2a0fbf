/** Generations as text and as JSON (schemas/history.schema.json, generation.schema.json). */
import { seconds } from '../../amount.ts'
import { argvText, type GenerationDiff } from '../../apply/history/compare.ts'
import type { Generation } from '../../apply/history/generation.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import type { Output } from '../output.ts'

type Style = Pick<Output, 'style'>

export interface HistoryDocument {
  format: 'desktop-history/1'
  environment: string
  /** Newest first. */
  generations: readonly Pick<
    Generation,
    | 'number'
    | 'time'
    | 'result'
    | 'toolVersion'
    | 'configHash'
    | 'imageDigest'
    | 'git'
    | 'rollbackTo'
    | 'milliseconds'
  >[]
}

export function historyDocument(environment: string, generations: readonly Generation[]): HistoryDocument {
  return {
    format: 'desktop-history/1',
    environment,
    generations: generations.map((generation) => ({
      number: generation.number,
      time: generation.time,
      result: generation.result,
      toolVersion: generation.toolVersion,
      configHash: generation.configHash,
      imageDigest: generation.imageDigest,
      ...(generation.git === undefined ? {} : { git: generation.git }),
      ...(generation.rollbackTo === undefined ? {} : { rollbackTo: generation.rollbackTo }),
      ...(generation.milliseconds === undefined ? {} : { milliseconds: generation.milliseconds }),
    })),
  }
}

/** Masks credentials, which the oldest generations contain. */
export const generationDocument = (generation: Generation): Generation =>
  JSON.parse(maskCredentials(JSON.stringify(generation))) as Generation

const colours = { applied: 'green', incomplete: 'red', interrupted: 'yellow' } as const

export function historyView({ environment, generations }: HistoryDocument, { style }: Style): string {
  if (generations.length === 0) return `${environment} was never applied; there are no generations.\n`
  return generations
    .map((one) => {
      const words = [
        String(one.number).padStart(5),
        one.time.replace(/\.\d+Z$/, 'Z'),
        style(colours[one.result], one.result.padEnd(11)),
        (one.milliseconds === undefined ? '' : seconds(one.milliseconds)).padStart(9),
        ` ${commit(one)}`,
      ]
      const back = one.rollbackTo === undefined ? '' : `  back to ${one.rollbackTo}`
      return `${`${words.join('  ')}${back}`.trimEnd()}\n`
    })
    .join('')
}

const commit = ({ git }: Pick<Generation, 'git'>): string =>
  git === undefined ? '' : `${git.commit.slice(0, 12)}${git.dirty ? ' with changes' : ''}`

export function generationView(generation: Generation, { style }: Style): string {
  const { number, time, result, toolVersion, imageDigest, rollbackTo, milliseconds } = generation
  const facts = [
    ['result', style(colours[result], result)],
    ['time', time],
    ['took', milliseconds === undefined ? undefined : seconds(milliseconds)],
    ['returned to', rollbackTo === undefined ? undefined : `generation ${rollbackTo}`],
    ['commit', commit(generation) || undefined],
    ['version', toolVersion],
    ['image', imageDigest],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`  ${`${name}:`.padEnd(13)}${value}`]))
  const steps = generation.operations.map(({ id, result: how, milliseconds: took, error }) => {
    const line = `  ${how.padEnd(8)} ${(took === undefined ? '' : seconds(took)).padStart(8)}  ${id}`
    return error === undefined ? line : `${line}\n${' '.repeat(20)}${error}`
  })
  const texts = [
    ...Object.entries(generation.config),
    ...Object.entries(generation.stacks ?? {}),
    ['linuxkit.yml', generation.rendered.linuxkitYaml],
    ['daemon.json', generation.rendered.daemonJson],
    ['qemu arguments', argvText(generation.argv)],
  ].flatMap(([name = '', text = '']) => ['', style('bold', name), text.trimEnd()])
  return [
    style('bold', `generation ${number}`),
    ...facts,
    '',
    style('bold', 'operations'),
    ...steps,
    ...texts,
  ]
    .map((line) => `${line}\n`)
    .join('')
}

export function generationDiffView({ from, to, same, parts }: GenerationDiff, { style }: Style): string {
  if (same) return `generations ${from} and ${to} are the same.\n`
  const colour = (line: string): string => {
    if (/^(---|\+\+\+) /.test(line)) return style('bold', line)
    if (line.startsWith('@@')) return style('cyan', line)
    return line.startsWith('-') ? style('red', line) : line.startsWith('+') ? style('green', line) : line
  }
  return parts.map(({ diff }) => diff.split('\n').map(colour).join('\n')).join('')
}
