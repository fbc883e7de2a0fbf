/** One run of the command: arguments in, exit code out. The only place where errors become text. */
import { CommanderError } from 'commander'
import { DesktopError, exitCodes, explained } from '../errors.ts'
import { processOutput } from './output.ts'
import { defineProgram } from './program.ts'

export async function runCli(args: readonly string[]): Promise<number> {
  const output = processOutput()
  let exitCode: number = exitCodes.done
  const program = defineProgram(output, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (thrown) {
    // Help and version also end this way, and have been printed.
    if (thrown instanceof CommanderError) return thrown.exitCode
    const error = explained(thrown)
    const { errorView, errorJson } = await import('./views/error.ts')
    if (args.includes('--json')) output.write(`${JSON.stringify(errorJson(error))}\n`)
    else output.say(errorView(error, output, args.includes('--verbose')).trimEnd())
    return error instanceof DesktopError ? error.exitCode : exitCodes.unexpected
  }
}
