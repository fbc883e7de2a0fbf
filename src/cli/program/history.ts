/** Commands about applied generations and drift. */
import { choice, duration, integer } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineHistory({ does, onFile, applies, formats }: Define): void {
  does(
    formats(onFile('watch', 'stream drift events and changes of the host network until Ctrl-C'))
      .option('--interval <duration>', 'polling interval without events', duration, 5_000)
      .addOption(
        choice('--repair [most]', 'repair drift up to this effect, default live', [
          'live',
          'reload',
          'restart-engine',
          'restart-vm',
        ]).preset('live'),
      ),
    () => import('../commands/watch.ts'),
  )
  does(
    formats(onFile('history', 'list recorded applies, newest first')),
    () => import('../commands/history.ts'),
  )
  does(
    formats(
      onFile('show', 'print one generation: configuration, rendered files, result').argument(
        '<generation>',
        'generation number, as `desktop history` lists it',
        integer,
      ),
    ),
    () => import('../commands/show.ts'),
  )
  does(
    formats(
      onFile('diff', 'compare two generations')
        .argument('<from>', 'generation number', integer)
        .argument('<to>', 'generation number', integer),
    ),
    () => import('../commands/diff.ts'),
  )
  does(
    applies(
      onFile('rollback', 'return to the configuration of a generation; the file is not changed').argument(
        '<generation>',
        'generation number, as `desktop history` lists it',
        integer,
      ),
    ).option('--parallelism <n>', 'maximum number of operations at a time', integer, 4),
    () => import('../commands/rollback.ts'),
  )
}
