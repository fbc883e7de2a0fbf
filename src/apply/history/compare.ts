/** Compares two generations, part by part. */
import type { Generation } from './generation.ts'
import { unifiedDiff } from './unified.ts'

export interface GenerationDiff {
  format: 'desktop-generation-diff/1'
  from: number
  to: number
  same: boolean
  /** Parts that differ, each as a unified diff. */
  parts: readonly { part: string; diff: string }[]
}

export function compareGenerations(a: Generation, b: Generation): GenerationDiff {
  const pairs: [part: string, from: string, to: string][] = [
    ...textPairs(a.config, b.config),
    // A rollback deploys no stack.
    ...(a.stacks === undefined || b.stacks === undefined ? [] : textPairs(a.stacks, b.stacks)),
    ['effective configuration', json(a.desired), json(b.desired)],
    ['linuxkit.yml', a.rendered.linuxkitYaml, b.rendered.linuxkitYaml],
    ['daemon.json', a.rendered.daemonJson, b.rendered.daemonJson],
    ['qemu arguments', argvText(a.argv), argvText(b.argv)],
    ['image', line(a.imageDigest), line(b.imageDigest)],
    ['version', line(a.toolVersion), line(b.toolVersion)],
    ['commit', commitText(a), commitText(b)],
  ]
  const parts = pairs.flatMap(([part, from, to]) =>
    from === to ? [] : [{ part, diff: unifiedDiff(part, from, to) }],
  )
  return {
    format: 'desktop-generation-diff/1',
    from: a.number,
    to: b.number,
    same: parts.length === 0,
    parts,
  }
}

type Texts = Generation['config']

const textPairs = (a: Texts, b: Texts): [part: string, from: string, to: string][] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .map((file) => [file.replace(/^\//, ''), a[file] ?? '', b[file] ?? ''])

const json = (value: unknown): string => (value === undefined ? '' : `${JSON.stringify(value, null, 2)}\n`)
const line = (text: string | undefined): string => (text === undefined ? '' : `${text}\n`)

/** One option with its value per line, so that a changed value is one changed line. */
export const argvText = (argv: readonly string[]): string =>
  line(argv.length === 0 ? undefined : argv.join(' ').replaceAll(/ (?=-[a-z])/g, '\n'))

const commitText = ({ git }: Generation): string =>
  line(git === undefined ? undefined : `${git.commit}${git.dirty ? ' with changes' : ''}`)
