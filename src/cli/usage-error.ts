/** Errors of the argument parser in the form of all other errors: code, hint, and JSON on request. */
import type { Command, CommanderError } from 'commander'
import { didYouMean } from '../config/nearest.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { habitHint } from './habits.ts'

/** @param args the command line, to find the command that rejected it. */
export function usageError(
  { code, message }: CommanderError,
  program: Command,
  args: readonly string[],
): DesktopError {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n')
  const suggested = /\(Did you mean (one of )?(.*)\?\)/.exec(rest.join(' '))?.[2]
  const guess = suggested === undefined ? undefined : `did you mean ${suggested}?`
  const { command, path, operand } = parsed(program, args)
  const hint =
    (code === 'commander.unknownCommand' ? commandHint(command, path, operand, guess) : undefined) ??
    (code === 'commander.excessArguments' ? fileHint(path, args) : undefined) ??
    guess ??
    `\`${[...path, '--help'].join(' ')}\` lists its arguments and options`
  return new DesktopError('cli/usage', first.replace(/\.$/, ''), { hint })
}

/** `desktop suspend --help`, `desktop help suspend`: undefined if the command exists. */
export function unknownCommand(program: Command, args: readonly string[]): DesktopError | undefined {
  const helped = args[0] === 'help' ? args.slice(1) : args
  const { command, path, operand } = parsed(program, helped)
  if (operand === '' || operand === 'help' || command.commands.length === 0) return undefined
  const names = command.commands.map((one) => one.name())
  const guess = didYouMean(operand, names)
  return new DesktopError('cli/usage', `unknown command '${operand}'`, {
    hint: commandHint(command, path, operand, guess),
  })
}

/** The longest prefix of the words that is a command, and the next word. */
function parsed(
  program: Command,
  args: readonly string[],
): { command: Command; path: string[]; operand: string } {
  let command = program
  const path = [program.name()]
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) return { command, path, operand: word }
    command = next
    path.push(word)
  }
  return { command, path, operand: '' }
}

function commandHint(
  command: Command,
  path: readonly string[],
  operand: string,
  guess: string | undefined,
): string {
  if (path.length === 1)
    return habitHint(operand.toLowerCase()) ?? guess ?? '`desktop --help` lists the commands'
  const names = command.commands.map((one) => one.name())
  return guess ?? `the commands of \`${path.join(' ')}\` are ${names.join(', ')}`
}

/** For `plan desktop.yaml`, a common attempt, although `kubectl` and `compose` reject it too. */
function fileHint(path: readonly string[], args: readonly string[]): string | undefined {
  const file = args.find((arg) => /\.ya?ml$/i.test(arg))
  return file === undefined ? undefined : `use -f for the file: ${path.join(' ')} -f ${file}`
}
