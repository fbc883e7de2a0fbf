/** Names, options and help of every command: a group in each file of program/. What one does is in commands/. */
import { Command } from 'commander'
import { toolVersion } from '../version.ts'
import { examplesText } from './examples.ts'
import type { Output } from './output.ts'
import { defineApply } from './program/apply.ts'
import { definer } from './program/define.ts'
import { defineFile } from './program/file.ts'
import { defineHistory } from './program/history.ts'
import { defineImage } from './program/image.ts'
import { defineLifetime } from './program/lifetime.ts'
import { defineMachine } from './program/machine.ts'
import { defineParts } from './program/parts.ts'

const examples = `
Examples:
  desktop init                     write a first desktop.yaml
  desktop apply                    make everything as ./desktop.yaml says
  eval "$(desktop env)"            let the docker command use it
  desktop drift --exit-code        0 = as the file says, 2 = not`

export function defineProgram(output: Output, exit: (code: number) => void): Command {
  const program = new Command('desktop')
    .description('A Linux VM that runs Docker, described by one file: plan, apply, drift.')
    .version(toolVersion, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('after', examples)

  const define = definer(program, output, exit)
  for (const group of groups) group(define)
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { run } = await import('./commands/complete.ts')
      exit(await run({ program }, output, words))
    })
  addExamples(program)
  return program
}

/** In the order of the help. */
const groups = [
  defineApply,
  defineHistory,
  defineLifetime,
  defineMachine,
  defineFile,
  defineParts,
  defineImage,
] as const

function addExamples(command: Command, path: readonly string[] = []): void {
  const text = examplesText(path.join(' '))
  if (text !== undefined) command.addHelpText('after', text)
  for (const one of command.commands) addExamples(one, [...path, one.name()])
}
