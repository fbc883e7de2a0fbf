/**
 * Names, options and help of every command: one command group per file of program/. The implementations are
 * in commands/.
 */
import { Command, Help, type Option } from 'commander'
import { toolVersion } from '../version.ts'
import { examplesText } from './examples.ts'
import type { Output } from './output.ts'
import { defineApply } from './program/apply.ts'
import { definer, helpCommand, helpText } from './program/define.ts'
import { defineDocker } from './program/docker.ts'
import { defineFile } from './program/file.ts'
import { defineHistory } from './program/history.ts'
import { defineImage } from './program/image.ts'
import { defineLifetime } from './program/lifetime.ts'
import { defineMachine } from './program/machine.ts'
import { defineSignature } from './program/signature.ts'
import { defineTools } from './program/tools.ts'

const examples = `
Examples:
  desktop init                     write a starter desktop.yaml
  desktop apply                    make the environment match ./desktop.yaml
  eval "$(desktop env)"            point docker at it
  desktop drift --exit-code        0 = in sync, 2 = drift`

/**
 * @param wanted the command about to run: later groups are skipped, because defining all of them takes a
 * tenth of the time of a plan. For an unknown command, all are defined.
 */
export function defineProgram(output: Output, exit: (code: number) => void, wanted?: string): Command {
  const program = new Command('desktop')
    .description('A Linux VM that runs Docker, described by one file: plan, apply, drift.')
    .version(toolVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    // run.ts prints parser errors, with code and hint, and as JSON on request.
    .configureOutput({ outputError: () => {} })
    .configureHelp({ optionDescription })
    .enablePositionalOptions()
    .addHelpText('after', examples)

  const define = definer(program, output, exit)
  for (const [heading, group] of groups) {
    program.commandsGroup(heading)
    group(define)
    if (program.commands.some((command) => command.name() === wanted)) break
  }
  program.commandsGroup('Help:').helpCommand(helpCommand, helpText)
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { run } = await import('./commands/complete.ts')
      exit(await run({ program }, output, words))
    })
  program.command('host-agent', { hidden: true }).action(async () => {
    const { run } = await import('./commands/host-agent.ts')
    exit(await run())
  })
  addExamples(program)
  return program
}

/** Without quotes, and without the empty default list of a repeatable option. */
function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option)
  const extra = text.slice(option.description.length)
  return `${option.description}${extra
    .replaceAll('"', '')
    .replace('preset: ', 'without a value: ')
    .replace(', default: []', '')
    .replace(' (default: [])', '')}`
}

/** In the order of the help. */
const groups = [
  ['Plan and apply:', defineApply],
  ['History and monitoring:', defineHistory],
  ['Lifecycle:', defineLifetime],
  ['Docker:', defineDocker],
  ['VM and network:', defineMachine],
  ['Configuration:', defineFile],
  ['This host and tools:', defineTools],
  ['Guest images:', defineImage],
  ['Signatures:', defineSignature],
] as const

function addExamples(command: Command, path: readonly string[] = []): void {
  const text = examplesText(path.join(' '))
  if (text !== undefined) command.addHelpText('after', text)
  for (const one of command.commands) addExamples(one, [...path, one.name()])
}
