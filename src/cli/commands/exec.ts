/** `desktop exec -- COMMAND`: runs it in the VM, or inside of a LinuxKit service, and exits with its code. */
import { text } from 'node:stream/consumers'
import { openEnvironment } from '../../apply/environment.ts'
import { DesktopError } from '../../errors.ts'
import { connectSupervisor } from '../../supervisor/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { runTerminal } from '../terminal.ts'

interface Options extends FileOptions {
  /** undefined = as this process has it. */
  tty?: boolean
  interactive?: true
  workdir?: string
  /** `NAME=VALUE` each. */
  env: readonly string[]
  service?: string
}

export async function run(options: Options, output: Output, command: readonly string[]): Promise<number> {
  const argv = wrapped(command, options)
  const { desired, paths } = await openEnvironment(options)
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (options.tty ?? isTerminal) return await runTerminal(paths, argv.map(quoted).join(' '))
  const control = await connectSupervisor(paths)
  if (control === undefined) throw new DesktopError('vm/not-running', `${desired.name} does not run`)
  await using _control = control
  const input = options.interactive ? { stdin: await text(process.stdin) } : {}
  const result = await control.guestExec(argv, { ...input, timeoutMs: dayMs })
  output.write(result.stdout)
  process.stderr.write(result.stderr)
  return result.exitCode
}

/** What runs has no deadline of its own; Ctrl-C is how a person ends it. */
const dayMs = 24 * 3600 * 1000

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
