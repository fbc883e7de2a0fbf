/**
 * `desktop exec [MACHINE --] COMMAND`: runs a command in the VM or in a LinuxKit service, and exits with its
 * code.
 */
import { openReachable } from '../../apply/environment/open-reachable.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import { machineBefore } from '../machine-argument.ts'
import type { Output } from '../output.ts'
import { runStreams } from '../streams.ts'
import { runTerminal } from '../terminal.ts'

interface Options extends FileOptions {
  /** undefined: as this process has it. */
  tty?: boolean
  /** undefined: interactive unless stdin is a terminal. */
  interactive?: boolean
  workdir?: string
  /** Each is `NAME=VALUE`. */
  env: readonly string[]
  service?: string
}

export async function run(given: Options, _output: Output, all: readonly string[]): Promise<number> {
  const { options, words: command } = machineBefore(given, all)
  const argv = wrapped(command, options)
  const { desired, paths } = await openReachable(options)
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (options.tty ?? isTerminal) return await runTerminal(paths, argv.map(quoted).join(' '))
  if ((await connectSupervisor(paths)) === undefined) {
    throw new DesktopError('vm/not-running', `${desired.name} is not running`)
  }
  // Without a TTY in the VM, read stdin only if it is not a terminal, or on request.
  const reads = options.interactive ?? process.stdin.isTTY !== true
  return await runStreams(paths, `exec ${argv.map(quoted).join(' ')}`, reads ? process.stdin : undefined)
}

/** Wraps the command with its directory, variables and namespaces. */
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

/** Quotes a word for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
