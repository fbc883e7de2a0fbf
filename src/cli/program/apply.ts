/** Commands that plan, apply and check drift. */
import { type Command, Option } from 'commander'
import { DesktopError } from '../../errors/desktop-error.ts'
import { choice, duration } from '../arguments.ts'
import { driftFormats } from '../drift-formats.ts'
import { type Define, formatHelp, offlineHelp } from './define.ts'

export function defineApply({ does, onFile, only, applies }: Define): void {
  does(
    only(onFile('plan', 'preview what apply would change'))
      .option('-o, --out <file>', 'save the plan for `desktop apply PLAN`')
      .option('--exit-code', 'exit with 2 if there are changes'),
    () => import('../commands/plan.ts'),
  )
  does(
    applies(
      onFile('apply', 'make the environment match desktop.yaml').argument(
        '[plan]',
        'a plan saved with `desktop plan -o FILE`',
      ),
    )
      .option('--offline', offlineHelp)
      .option('--try <duration>', 'roll back unless you run `desktop confirm` within this time', duration),
    () => import('../commands/apply.ts'),
  )
  does(onFile('confirm', 'keep the changes made by `apply --try`'), () => import('../commands/confirm.ts'))
  const drift = onFile('drift', 'show drift between the VM and desktop.yaml; --repair fixes it')
    .option('--exit-code', 'exit with 2 if there is drift')
    .addOption(choice('--format <format>', formatHelp, driftFormats).conflicts('json'))
    .addOption(new Option('--repair', 'fix the drift, as apply would').conflicts(['format', 'exitCode']))
    .optionsGroup('Options with --repair:')
  does(needing('repair', applies, drift), () => import('../commands/drift.ts'))
}

/** The options that `add` adds are rejected unless the option `name` is given. */
function needing(name: string, add: (command: Command) => Command, command: Command): Command {
  const before = new Set(command.options)
  add(command)
  const dependent = command.options.filter((option) => !before.has(option))
  return command.hook('preAction', () => {
    if (command.getOptionValue(name) !== undefined) return
    const given = dependent.find((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    if (given === undefined) return
    throw new DesktopError('cli/usage', `${given.long} has no effect without --${name}`, {
      hint: `add --${name}, or remove ${given.long}`,
    })
  })
}
