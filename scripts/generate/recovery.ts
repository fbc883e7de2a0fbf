/** docs/recovery.md: the hand-written part, then the table of faults that tests drive (test/faults/table.ts). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { effectMeaning } from '../../src/reconcile/phrase.ts'
import { faultTable } from '../../test/faults/table.ts'

const mark = '<!-- From here on: `npm run generate`, from test/faults/table.ts. -->'

export async function recoveryPage(root: string): Promise<string> {
  const text = await readFile(join(root, 'docs/recovery.md'), 'utf8')
  const byHand = text.split(mark)[0]?.trimEnd() ?? ''
  const parts = Object.entries(faultTable).map(([where, faults]) =>
    [
      `### ${where}`,
      '',
      '| What happened | `desktop drift` | `desktop apply` |',
      '|---|---|---|',
      ...faults.map(({ fault, seen, repair, ends, person }) => {
        const does =
          person !== undefined
            ? `continues once someone ${person.does}`
            : ends === 'vm'
              ? 'starts the VM again'
              : repair === 'none'
                ? 'nothing to do'
                : `repairs it: ${effectMeaning[repair]}`
        return `| ${fault} | ${seen === undefined ? 'in sync' : 'shows it'} | ${does} |`
      }),
    ].join('\n'),
  )
  return `${byHand}\n\n${mark}\n\n## Every fault that is tested\n\nEach fault is injected, observed with plan, drift, status and doctor, repaired by apply, and observed again.\n\n${parts.join('\n\n')}\n`
}
