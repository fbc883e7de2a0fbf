/** Plan, apply, drift. */
import { Option } from 'commander'
import { choice, duration, integer } from '../arguments.ts'
import { driftFormats } from '../drift-formats.ts'
import { type Define, offlineHelp } from './define.ts'

export function defineApply({ does, onFile, parts, applies }: Define): void {
  does(
    parts(onFile('plan', 'preview the changes of apply'))
      .option('-o, --out <file>', 'save the plan for `desktop apply PLAN`')
      .option('--exit-code', 'exit with 2 if there are changes'),
    () => import('../commands/plan.ts'),
  )
  does(
    applies(onFile('apply', 'make the environment match the file').argument('[plan]', 'a saved plan'))
      .option('--parallelism <n>', 'maximum number of operations at a time', integer, 4)
      .option('--offline', offlineHelp)
      .option('--try <duration>', 'roll back unless `desktop confirm` is run within this time', duration),
    () => import('../commands/apply.ts'),
  )
  does(onFile('confirm', 'keep what `apply --try` changed'), () => import('../commands/confirm.ts'))
  does(
    applies(onFile('drift', 'show where reality differs from the file; changes nothing'))
      .option('--exit-code', 'exit with 2 on drift')
      .addOption(choice('--format <format>', 'output format', driftFormats).conflicts('json'))
      .addOption(new Option('--repair', 'repair drift, as apply does').conflicts(['format', 'exitCode']))
      .option('--parallelism <n>', 'maximum number of operations at a time', integer, 4),
    () => import('../commands/drift.ts'),
  )
}
