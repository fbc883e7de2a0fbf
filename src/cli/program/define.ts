/** What the definitions of all commands share: how one is carried out, and the options that many have. */
import type { Command } from 'commander'
import { allow, choice, collect, duration, only } from '../arguments.ts'
import type { Output } from '../output.ts'

/** What a module in commands/ exports. Gives the exit code. */
export interface CommandModule<Options, Args extends readonly unknown[] = []> {
  run(options: Options, output: Output, ...args: Args): Promise<number>
}

type Load = () => Promise<CommandModule<never, never>>

type New = (name: string, description: string, parent?: Command) => Command
type With = (command: Command) => Command

export interface Define {
  program: Command
  does: (command: Command, load: Load) => Command
  /** A command with `--json` and `--verbose`. */
  plain: New
  /** One that reads desktop.yaml. */
  onFile: New
  /** Options of those that change something, from the least to the most. */
  locks: With
  changes: With
  parts: With
  applies: With
  formats: With
}

/** @param exit gets the exit code of the command that ran. */
export function definer(program: Command, output: Output, exit: (code: number) => void): Define {
  /** Commander gives the arguments, then the options, then itself. */
  const does = (command: Command, load: Load): Command =>
    command.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2)
      const { run } = (await load()) as CommandModule<unknown, readonly unknown[]>
      exit(await run(command.optsWithGlobals(), output, ...args))
    })
  const general = (command: Command): Command =>
    command.option('--json', 'print JSON').option('--verbose', 'show causes of errors')
  const plain = (name: string, description: string, parent: Command = program): Command =>
    general(parent.command(name).description(description))
  const onFile = (name: string, description: string, parent: Command = program): Command =>
    plain(name, description, parent)
      .option(
        '-f, --file <file>',
        'the file, default ./desktop.yaml; repeatable, later files override earlier ones',
        collect,
        [],
      )
      .option('--machine <name>', 'of several machines (vms), this one: m.1')
      .option('--set <key=value>', 'override one value, e.g. vm.cpus=4; repeatable', collect, [])
      .option('--allow-path <path>', 'allow the files to refer to this path outside the project', collect, [])
      .option(
        '--allow-env <name>',
        'print the value of this environment variable, which is hidden by default',
        collect,
        [],
      )
  const locks = (command: Command): Command =>
    command.option(
      '--lock-timeout <duration>',
      'wait this long for another command that holds the lock',
      duration,
      0,
    )
  const changes = (command: Command): Command =>
    locks(command)
      .option('-y, --yes', 'agree to everything, including data loss')
      .addOption(allow('--allow <loss>', 'agree to one kind of data loss; repeatable'))

  const parts = (command: Command): Command =>
    command.addOption(only('--only <part>', 'only this part and its dependencies; repeatable'))
  const applies = (command: Command): Command =>
    changes(parts(command)).option(
      '--timeout <duration>',
      'roll back to the last good VM if the engine is not up after this time, default 4m',
      duration,
    )
  const formats = (command: Command): Command =>
    command.addOption(choice('--format <format>', 'output format', ['text', 'json']))
  return { program, does, plain, onFile, locks, changes, parts, applies, formats }
}

export const offlineHelp = 'download nothing; fail if a download is needed'
