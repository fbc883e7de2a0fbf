/** Common parts of all command definitions: how commands run, and shared options. */
import type { Command } from 'commander'
import {
  allow,
  choice,
  collect,
  duration,
  durationOption,
  integer,
  type Loss,
  onlyOption,
} from '../arguments.ts'
import type { Output } from '../output.ts'

/** Exports of a module in commands/. Returns the exit code. */
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
  /** A parent command, without an action of its own. */
  group: (name: string, description: string) => Command
  /** A command that reads desktop.yaml. */
  onFile: New
  /** Hides `--json` for a command without a document; the command itself rejects the option. */
  withoutJson: With
  /** Describes `--json` as affecting errors only, because the command passes bytes through. */
  errorsAsJson: With
  /** Options of commands that change something, from least to most. */
  locks: With
  changes: (command: Command, losses: readonly Loss[]) => Command
  only: With
  applies: With
  formats: With
}

/** @param exit receives the exit code of the command. */
export function definer(program: Command, output: Output, exit: (code: number) => void): Define {
  /** Commander passes the arguments, then the options, then the command. */
  const does = (command: Command, load: Load): Command =>
    command.action(async (...given: unknown[]) => {
      const args = given.slice(0, -2)
      const { run } = (await load()) as CommandModule<unknown, readonly unknown[]>
      exit(await run(command.optsWithGlobals(), output, ...args))
    })
  const general = (command: Command): Command =>
    command.option('--json', 'print JSON').option('--verbose', 'show the underlying causes of errors')
  const plain = (name: string, description: string, parent: Command = program): Command =>
    general(parent.command(name).description(description))
  const group = (name: string, description: string): Command =>
    program.command(name).description(description).helpCommand(helpCommand, helpText)
  const onFile = (name: string, description: string, parent: Command = program): Command =>
    plain(name, description, parent)
      .option(
        '-f, --file <file>',
        'configuration file; repeatable, later files override earlier ones (default: desktop.yaml)',
        collect,
        [],
      )
      .option('--machine <name>', 'VM to use, e.g. m.1, if `vms` defines several')
      .option('--set <key=value>', 'override one value, e.g. vm.cpus=4; repeatable', collect, [])
      .option(
        '--allow-path <path>',
        'let the configuration refer to this path outside the project; repeatable',
        collect,
        [],
      )
      .option(
        '--allow-env <name>',
        'show the value of this environment variable instead of masking it; repeatable',
        collect,
        [],
      )
  const withoutJson = (command: Command): Command => {
    command.options.find(({ long }) => long === '--json')?.hideHelp()
    return command
  }
  const errorsAsJson = (command: Command): Command => {
    const json = command.options.find(({ long }) => long === '--json')
    if (json !== undefined) json.description = 'print errors as JSON'
    return command
  }
  const locks = (command: Command): Command =>
    command.addOption(
      durationOption(
        '--lock-timeout <duration>',
        'how long to wait for another command on the same environment',
        '0s',
      ),
    )
  const changes = (command: Command, losses: readonly Loss[]): Command =>
    locks(command)
      .option('-y, --yes', 'answer yes to all prompts, including data loss')
      .addOption(allow(losses))
  const only = (command: Command): Command => command.addOption(onlyOption())
  const applies = (command: Command): Command =>
    changes(only(command), ['recreate:disk', 'remove:machine'])
      .option(
        '--timeout <duration>',
        'how long to wait for the engine before rolling back to the last good VM (default: 4m)',
        duration,
      )
      .option('--parallelism <n>', 'run at most this many operations at once', integer, 4)
  const formats = (command: Command): Command =>
    command.addOption(choice('--format <format>', formatHelp, ['text', 'json']))
  return {
    ...{ program, does, plain, group, onFile, withoutJson, errorsAsJson },
    ...{ locks, changes, only, applies, formats },
  }
}

export const offlineHelp = 'download nothing; fail if a download is needed'
/** For commands that also have `--json`. */
export const formatHelp = 'output format; --format json is the same as --json'
/** Replaces commander's own text. */
export const helpCommand = 'help [command]'
export const helpText = 'show help for a command'
