/** Plan, apply, drift. */
import { Option } from 'commander'
import { choice, integer } from '../arguments.ts'
import { type Define, offlineHelp } from './define.ts'

export function defineApply({ does, onFile, parts, applies }: Define): void {
  does(
    parts(onFile('plan', 'show what apply would do'))
      .option('-o, --out <file>', 'save the plan; `desktop apply PLAN` carries out just that')
      .option('--exit-code', 'exit with 2 when there is something to do'),
    () => import('../commands/plan.ts'),
  )
  does(
    applies(onFile('apply', 'make everything as the file says').argument('[plan]', 'a saved plan'))
      .option('--parallelism <n>', 'operations at a time', integer, 4)
      .option('--offline', offlineHelp),
    () => import('../commands/apply.ts'),
  )
  does(
    applies(onFile('drift', 'show where reality differs from the file; changes nothing'))
      .option('--exit-code', 'exit with 2 when it differs')
      .addOption(
        choice('--format <format>', 'how to print it', [
          'text',
          'json',
          'github',
          'sarif',
          'junit',
        ]).conflicts('json'),
      )
      .addOption(
        new Option('--repair', 'make it as the file says, as apply does').conflicts(['format', 'exitCode']),
      )
      .option('--parallelism <n>', 'operations at a time', integer, 4),
    () => import('../commands/drift.ts'),
  )
}
