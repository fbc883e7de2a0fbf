/** Runs one command: arguments in, exit code out. The only place where errors become text. */
import { setImmediate } from 'node:timers/promises'
import { type Command, CommanderError } from 'commander'
import { DesktopError } from '../errors/desktop-error.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import { explained } from '../errors/system.ts'
import { type Output, processOutput } from './output.ts'
import { defineProgram } from './program.ts'

export async function runCli(args: readonly string[]): Promise<number> {
  const output = processOutput()
  const code = await runCommand(args, output)
  // A stream reports a failed write in the next event loop turn.
  await setImmediate()
  const failure = output.failure()
  if (failure === undefined) return code
  const { errorView } = await import('./views/error.ts')
  output.say(errorView(explained(failure, 'standard output'), output, args.includes('--verbose')).trimEnd())
  return code === exitCodes.done ? exitCodes.unexpected : code
}

async function runCommand(args: readonly string[], output: Output): Promise<number> {
  let exitCode: number = exitCodes.done
  if (args.length === 0) {
    const { welcome } = await import('./views/welcome.ts')
    output.write(welcome(output))
    return exitCode
  }
  const exit = (code: number): void => {
    exitCode = code
  }
  const program = defineProgram(output, exit, args[0])
  try {
    if (args.some(asksHelp)) await rejectUnknown(defineProgram(output, exit), args)
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (thrown) {
    // Help and version also throw; their text has already been printed.
    if (thrown instanceof CommanderError && isHelp(thrown)) return thrown.exitCode
    const error =
      thrown instanceof CommanderError
        ? await refused(thrown, defineProgram(output, exit), args)
        : explained(thrown)
    const { errorView, errorJson } = await import('./views/error.ts')
    if (args.includes('--json')) output.write(`${JSON.stringify(errorJson(error))}\n`)
    else output.say(errorView(error, output, args.includes('--verbose')).trimEnd())
    return error instanceof DesktopError ? error.exitCode : exitCodes.unexpected
  }
}

const asksHelp = (word: string): boolean => ['-h', '--help', 'help'].includes(word)

/** A mistyped command would otherwise print the help of all commands. */
async function rejectUnknown(program: Command, args: readonly string[]): Promise<void> {
  const { unknownCommand } = await import('./usage-error.ts')
  const error = unknownCommand(program, args)
  if (error !== undefined) throw error
}

const isHelp = ({ code }: CommanderError): boolean =>
  ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code)

async function refused(
  error: CommanderError,
  program: Command,
  args: readonly string[],
): Promise<DesktopError> {
  const { usageError } = await import('./usage-error.ts')
  return usageError(error, program, args)
}
