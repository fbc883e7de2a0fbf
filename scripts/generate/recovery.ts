/** docs/recovery.md: the hand-written part, then the table of tested faults (test/faults/table.ts). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { effectMeaning } from '../../src/reconcile/phrase.ts'
import { faultTable } from '../../test/faults/table.ts'

const mark = '<!-- Generated below this line by `npm run generate`, from test/faults/table.ts. -->'

const intro = `## Tested faults

Each fault is injected, observed with plan, drift, status and doctor, repaired by apply, and observed again. "Not drift" means
that desktop has already restored it, or does not need it.`

export async function recoveryPage(root: string): Promise<string> {
  const text = await readFile(join(root, 'docs/recovery.md'), 'utf8')
  const byHand = text.split(mark)[0]?.trimEnd() ?? ''
  const parts = Object.entries(faultTable).map(([where, faults]) =>
    [
      `### ${where}`,
      '',
      '| fault | `desktop drift` | `desktop apply` |',
      '|---|---|---|',
      ...faults.map(({ fault, seen, repair, ends, person, restored }) => {
        const does =
          person !== undefined
            ? `fails until ${person.until}`
            : ends === 'vm'
              ? 'starts the VM again'
              : repair === 'none'
                ? `nothing to do${restored === undefined ? '' : `: ${restored}`}`
                : `repairs it; ${effectMeaning[repair]}`
        return `| ${fault} | ${seen === undefined ? 'not drift' : 'drift'} | ${does} |`
      }),
    ].join('\n'),
  )
  return `${byHand}\n\n${mark}\n\n${intro}\n\n${parts.join('\n\n')}\n`
}
