/**
 * docs/performance.md: all figures of bench/results, compared to their peers, with date and load of the run.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sections } from './performance/sections.ts'
import type { Results } from './performance/tables.ts'

const intro = [
  '# Performance',
  '',
  'Generated from `bench/results` by `npm run generate`. Each section shows the benchmark command that measured it.',
  '',
  'Cells are medians, with the range in brackets. Peers run alternately, and a ratio is the median of the ratios of adjacent',
  'runs. The machine has two cores and no usable KVM, and is otherwise idle.',
  '',
]

export async function performancePage(root: string): Promise<string> {
  const parts = await Promise.all(
    sections.map(async ({ title, command, file, text, table }) => {
      const results = JSON.parse(await readFile(join(root, `bench/results/${file}.json`), 'utf8')) as Results
      const load = results.load ?? results.loadAtEnd
      const facts = [
        results.date.slice(0, 10),
        ...(results.runs === undefined ? [] : [`${results.runs} runs`]),
        ...(load === undefined ? [] : [`load ${String(load).split(/[ ,]/)[0]}`]),
      ]
      return [
        `## ${title}`,
        '',
        `\`${command}\` · ${facts.join(' · ')}`,
        '',
        ...(text.length > 0 ? [...text, ''] : []),
        ...table(results),
        '',
      ].join('\n')
    }),
  )
  return `${intro.join('\n')}\n${parts.join('\n')}`
}
