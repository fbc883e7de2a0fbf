/** Commands about applied generations and drift. */
import { choice, durationOption, integer } from '../arguments.ts'
import type { Define } from './define.ts'

const generation = ['<generation>', 'generation number from `desktop history`', integer] as const

export function defineHistory({ does, onFile, applies, formats }: Define): void {
  does(
    formats(onFile('watch', 'stream drift and host network changes until Ctrl-C'))
      .addOption(
        durationOption('--interval <duration>', 'how often to check when no event has arrived', '5s'),
      )
      .addOption(
        choice('--repair [most]', 'repair drift up to this effect', [
          'live',
          'reload',
          'restart-engine',
          'restart-vm',
        ]).preset('live'),
      ),
    () => import('../commands/watch.ts'),
  )
  does(
    formats(onFile('history', 'list recorded applies (generations), newest first')),
    () => import('../commands/history.ts'),
  )
  does(
    formats(
      onFile('show', 'print a generation: configuration, rendered files, result').argument(...generation),
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
      onFile('rollback', 'apply the configuration of an earlier generation; desktop.yaml is not changed'),
    ).argument(...generation),
    () => import('../commands/rollback.ts'),
  )
}
