/** What was applied, and what drifts. */
import { duration, integer } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineHistory({ does, onFile, applies, formats }: Define): void {
  does(
    formats(
      onFile('watch', 'tell drift as it comes and goes, and changes of the host network; Ctrl-C ends it'),
    ).option('--interval <duration>', 'between two looks while nothing stirs', duration, 5_000),
    () => import('../commands/watch.ts'),
  )
  does(
    formats(onFile('history', 'list every apply that is kept, newest first')),
    () => import('../commands/history.ts'),
  )
  does(
    formats(
      onFile('show', 'print one generation: configuration, what was rendered, how it went').argument(
        '<generation>',
        'its number in the history',
        integer,
      ),
    ),
    () => import('../commands/show.ts'),
  )
  does(
    formats(
      onFile('diff', 'compare two generations')
        .argument('<from>', 'a number of the history', integer)
        .argument('<to>', 'another one', integer),
    ),
    () => import('../commands/diff.ts'),
  )
  does(
    applies(
      onFile('rollback', 'go back to the configuration of a generation; the file is left as it is').argument(
        '<generation>',
        'its number in the history',
        integer,
      ),
    ).option('--parallelism <n>', 'operations at a time', integer, 4),
    () => import('../commands/rollback.ts'),
  )
}
