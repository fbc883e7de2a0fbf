/** `desktop exec [MACHINE --] COMMAND`: runs it in the VM, or inside of a LinuxKit service, and exits with its code. */
import { openEnvironment } from '../../apply/environment/environment.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import { machineBefore } from '../machine-argument.ts'
import type { Output } from '../output.ts'
import { runStreams } from '../streams.ts'
import { runTerminal } from '../terminal.ts'

interface Options extends FileOptions {
  /** undefined = as this process has it. */
  tty?: boolean
  /** undefined = interactive unless the input is a terminal. */
  interactive?: boolean
  workdir?: string
  /** `NAME=VALUE` each. */
  env: readonly string[]
  service?: string
}

export async function run(given: Options, _output: Output, all: readonly string[]): Promise<number> {
  const { options, words: command } = machineBefore(given, all)
  const argv = wrapped(command, options)
  const { desired, paths } = await openEnvironment(options)
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (options.tty ?? isTerminal) return await runTerminal(paths, argv.map(quoted).join(' '))
  if ((await connectSupervisor(paths)) === undefined) {
    throw new DesktopError('vm/not-running', `${desired.name} is not running`)
  }
  // A terminal is someone who types; what else is there is meant for the command.
  const reads = options.interactive ?? process.stdin.isTTY !== true
  return await runStreams(paths, `exec ${argv.map(quoted).join(' ')}`, reads ? process.stdin : undefined)
}

/** The command with its folder, variables and namespaces. */
export function wrapped(
  command: readonly string[],
  { workdir, env, service }: Pick<Options, 'workdir' | 'env' | 'service'>,
): string[] {
  for (const one of env) {
    if (!/^[A-Za-z_]\w*=/.test(one))
      throw new DesktopError('cli/usage', `--env ${one}: write it as NAME=value`)
  }
  return [
    ...(service === undefined ? [] : ['in-service', service]),
    ...(env.length === 0 ? [] : ['env', ...env]),
    ...(workdir === undefined ? [] : ['sh', '-c', 'cd "$0" && exec "$@"', workdir]),
    ...command,
  ]
}

/** A word for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
